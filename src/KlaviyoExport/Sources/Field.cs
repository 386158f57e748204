namespace KlaviyoExport.Sources;

/// <summary>The type of a field: the narrowest that fits all its values. A moment is a date with a time.</summary>
public enum FieldType
{
    Text,
    WholeNumber,
    Number,
    YesNo,
    Date,
    Moment,
}

/// <summary>A field of the profiles, with the properties of its values.</summary>
/// <param name="Name">The name as in the source.</param>
/// <param name="Type">The narrowest type of all examined values.</param>
/// <param name="FillRate">The share of rows with a value that is not empty, from 0 to 1.</param>
/// <param name="Samples">Up to three values.</param>
public sealed record Field(string Name, FieldType Type, double FillRate, IReadOnlyList<string> Samples)
{
    /// <summary>How its dates and numbers are written.</summary>
    public FieldFormat Format { get; init; } = FieldFormat.Standard;

    /// <summary>What a person must decide about its format. Null when nothing is open.</summary>
    public FormatDoubt? Doubt { get; init; }

    /// <summary>The type that the database declares, such as "date". Null for files, and for fields that were loaded before it was stored.</summary>
    public string? Declared { get; init; }
}

/// <summary>A malformed row. Line is the 1-based line number, File the file name without its folder.</summary>
public sealed record MalformedRow(string File, long Line, LocalizedMessage Reason);
