using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>How many values an operator takes.</summary>
public enum Arity
{
    None,
    One,
    Two,
    List,
}

/// <summary>
/// Which operators a field offers, by its type, in the order a page shows them.
/// <para>
/// Text is compared without regard to case (of any script) and to white space around it; accents matter. Numbers and dates are compared by
/// what they mean, and a value that is none matches nothing. Days are UTC days. <see cref="Operator.NotEqual"/> holds for empty values too;
/// every other comparison does not. <see cref="Operator.Between"/> includes both ends; <see cref="Operator.InLastDays"/> is today and the
/// given number of days before it.
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

    /// <summary>What its values are: the field's type, save that parts of a text are text and a span of days is a whole number.</summary>
    public static FieldType ValueType(Operator @operator, FieldType field) =>
        @operator switch
        {
            Operator.Contains or Operator.StartsWith => FieldType.Text,
            Operator.InLastDays => FieldType.WholeNumber,
            _ => field == FieldType.Moment ? FieldType.Date : field,
        };

    /// <summary>The operator's name in a person's language.</summary>
    public static LocalizedMessage NameOf(Operator @operator) => new($"Segments.Operator.{@operator}");
}
