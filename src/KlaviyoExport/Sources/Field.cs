namespace KlaviyoExport.Sources;

public enum FieldType
{
    Text,
    WholeNumber,
    Number,
    YesNo,
    Date,
    Moment,
}

/// <summary>One column of the profiles, as its values show it.</summary>
/// <param name="Name">As the source spells it.</param>
/// <param name="Type">The narrowest type that holds every value looked at.</param>
/// <param name="FillRate">Share of rows with a value that is not empty, 0 to 1.</param>
/// <param name="Samples">Up to three values.</param>
public sealed record Field(string Name, FieldType Type, double FillRate, IReadOnlyList<string> Samples);

/// <summary>A row that could not be read. Line is 1-based in the file, File is its name without folder.</summary>
public sealed record MalformedRow(string File, long Line, LocalizedMessage Reason);
