namespace KlaviyoExport.Sources;

/// <summary>A person's decision about how the values of a field are written. It is kept when the source is loaded again.</summary>
/// <param name="Field">The name of the field.</param>
public sealed record FormatChoice(string Field)
{
    /// <summary>The order of day and month. Null when it was not decided.</summary>
    public DayOrder? Days { get; init; }

    /// <summary>The decimal mark. Null when it was not decided.</summary>
    public DecimalMark? Mark { get; init; }

    /// <summary>Returns the first decision about each field, without those that decide nothing.</summary>
    internal static List<FormatChoice> Valid(IEnumerable<FormatChoice> choices) =>
        [.. choices.DistinctBy(choice => choice.Field).Where(choice => choice.Days is not null || choice.Mark is not null)];

    /// <summary>Returns the decision about a field. Null when there is none.</summary>
    public static FormatChoice? About(string field, IReadOnlyList<FormatChoice> choices) =>
        choices.FirstOrDefault(choice => choice.Field == field);
}
