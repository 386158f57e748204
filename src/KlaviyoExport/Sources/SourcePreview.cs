namespace KlaviyoExport.Sources;

/// <summary>What a test of a draft found; from the first rows only.</summary>
/// <param name="Tables">Of a database; empty for CSV.</param>
/// <param name="Fields">Empty for a database of which no table is picked.</param>
/// <param name="Rows">Up to ten, in the order of the fields.</param>
/// <param name="Malformed">Among the rows looked at.</param>
/// <param name="LikelyKey">The field that looks most like the key; null where none does.</param>
public sealed record SourcePreview(
    IReadOnlyList<SourceTable> Tables,
    IReadOnlyList<Field> Fields,
    IReadOnlyList<IReadOnlyList<string?>> Rows,
    IReadOnlyList<MalformedRow> Malformed,
    string? LikelyKey
);
