namespace KlaviyoExport.Sources;

/// <summary>A source without its location and samples, for people who are not administrators.</summary>
public sealed record SourceChoice(
    int Id,
    string Name,
    SourceKind Kind,
    KeyColumns KeyColumns,
    long RowCount,
    bool IsQuery,
    IReadOnlyList<Field> Fields
)
{
    /// <summary>When its data last changed, and how old it may be. Null when it was removed meanwhile.</summary>
    public Freshness? Freshness { get; init; }

    /// <summary>What is wrong with the age of the data. Null when nothing is.</summary>
    public LocalizedMessage? AgeWarning { get; init; }
}
