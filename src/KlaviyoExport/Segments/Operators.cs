using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>The number of values that an operator takes.</summary>
public enum Arity
{
    None,
    One,
    Two,
    List,
}

/// <summary>
/// Defines which operators a field offers for its type, in the order in which a page shows them.
/// <para>
/// Comparisons of text ignore case (in all scripts) and surrounding white space, but not accents. Numbers and dates are compared by their
/// values, and a value that is not valid matches nothing. Days are UTC days. <see cref="Operator.NotEqual"/> is true for empty values; all
/// other comparisons are not. <see cref="Operator.Between"/> includes both ends. <see cref="Operator.InLastDays"/> is today and the given
/// number of days before it.
/// </para>
/// </summary>
public static class Operators
{
    private static readonly Operator[] Text =
    [
        Operator.Equal,
        Operator.NotEqual,
        Operator.Contains,
        Operator.StartsWith,
        Operator.InList,
        Operator.IsEmpty,
        Operator.IsNotEmpty,
    ];

    private static readonly Operator[] Number =
    [
        Operator.Equal,
        Operator.NotEqual,
        Operator.Greater,
        Operator.Less,
        Operator.Between,
        Operator.InList,
        Operator.Contains,
        Operator.StartsWith,
        Operator.IsEmpty,
        Operator.IsNotEmpty,
    ];

    private static readonly Operator[] YesNo = [Operator.Equal, Operator.NotEqual, Operator.IsEmpty, Operator.IsNotEmpty];

    private static readonly Operator[] Day =
    [
        Operator.On,
        Operator.NotEqual,
        Operator.Before,
        Operator.After,
        Operator.Between,
        Operator.InLastDays,
        Operator.IsEmpty,
        Operator.IsNotEmpty,
    ];

    public static IReadOnlyList<Operator> For(FieldType type) =>
        type switch
        {
            FieldType.WholeNumber or FieldType.Number => Number,
            FieldType.YesNo => YesNo,
            FieldType.Date or FieldType.Moment => Day,
            _ => Text,
        };

    public static Arity ArityOf(Operator @operator) =>
        @operator switch
        {
            Operator.IsEmpty or Operator.IsNotEmpty => Arity.None,
            Operator.Between => Arity.Two,
            Operator.InList => Arity.List,
            _ => Arity.One,
        };

    /// <summary>
    /// Returns the type of the values: the type of the field, except that a part of a text is a text and a number of days is a whole
    /// number.
    /// </summary>
    public static FieldType ValueType(Operator @operator, FieldType field) =>
        @operator switch
        {
            Operator.Contains or Operator.StartsWith => FieldType.Text,
            Operator.InLastDays => FieldType.WholeNumber,
            _ => field == FieldType.Moment ? FieldType.Date : field,
        };

    /// <summary>Returns the name of the operator in the reader's language.</summary>
    public static LocalizedMessage NameOf(Operator @operator) => new($"Segments.Operator.{@operator}");
}
