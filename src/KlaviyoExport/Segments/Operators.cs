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
/// values. Days are UTC days. <see cref="Operator.Between"/> includes both ends. <see cref="Operator.InLastDays"/> is today and the given
/// number of days before it, <see cref="Operator.InNextDays"/> is today and the given number of days after it.
/// </para>
/// <para>
/// A "not" operator is the exact opposite of its positive operator: a profile meets exactly one of the two. A value that is empty, or that
/// is not a valid number or date, meets no positive comparison and therefore meets every "not" operator.
/// </para>
/// <para>
/// <see cref="Operator.Anniversary"/> compares day and month only: it is true from the given number of days before the anniversary to the
/// same number of days after it, also across New Year. <see cref="Anniversary"/> defines when 29 February is celebrated.
/// </para>
/// </summary>
public static class Operators
{
    private static readonly Operator[] Text =
    [
        Operator.Equal,
        Operator.NotEqual,
        Operator.Contains,
        Operator.NotContains,
        Operator.StartsWith,
        Operator.NotStartsWith,
        Operator.EndsWith,
        Operator.NotEndsWith,
        Operator.InList,
        Operator.NotInList,
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
        Operator.NotBetween,
        Operator.InList,
        Operator.NotInList,
        Operator.Contains,
        Operator.NotContains,
        Operator.StartsWith,
        Operator.NotStartsWith,
        Operator.EndsWith,
        Operator.NotEndsWith,
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
        Operator.NotBetween,
        Operator.InLastDays,
        Operator.NotInLastDays,
        Operator.InNextDays,
        Operator.Anniversary,
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
            Operator.Between or Operator.NotBetween => Arity.Two,
            Operator.InList or Operator.NotInList => Arity.List,
            _ => Arity.One,
        };

    /// <summary>
    /// Returns the type of the values: the type of the field, except that a part of a text is a text and a number of days is a whole
    /// number.
    /// </summary>
    public static FieldType ValueType(Operator @operator, FieldType field) =>
        @operator switch
        {
            Operator.Contains or Operator.NotContains => FieldType.Text,
            Operator.StartsWith or Operator.NotStartsWith => FieldType.Text,
            Operator.EndsWith or Operator.NotEndsWith => FieldType.Text,
            _ when CountsDays(@operator) => FieldType.WholeNumber,
            _ => field == FieldType.Moment ? FieldType.Date : field,
        };

    /// <summary>Whether the value of an operator is a number of days from today.</summary>
    public static bool CountsDays(Operator @operator) =>
        @operator is Operator.InLastDays or Operator.NotInLastDays or Operator.InNextDays or Operator.Anniversary;

    /// <summary>Returns the operator that a "not" operator is the opposite of. Null for all other operators.</summary>
    public static Operator? OppositeOf(Operator @operator) =>
        @operator switch
        {
            Operator.NotEqual => Operator.Equal,
            Operator.NotContains => Operator.Contains,
            Operator.NotStartsWith => Operator.StartsWith,
            Operator.NotEndsWith => Operator.EndsWith,
            Operator.NotInList => Operator.InList,
            Operator.NotBetween => Operator.Between,
            Operator.NotInLastDays => Operator.InLastDays,
            _ => null,
        };

    /// <summary>Returns the name of the operator in the reader's language.</summary>
    public static LocalizedMessage NameOf(Operator @operator) => new($"Segments.Operator.{@operator}");
}
