namespace KlaviyoExport.Sources.Files;

/// <summary>How the files of a source are read, and what they may need.</summary>
/// <param name="Delimiter">Null to find it out.</param>
/// <param name="Dialect">What was chosen.</param>
/// <param name="Limits">The limits of packed files.</param>
/// <param name="Kept">The columns that are read. Null for all.</param>
internal sealed record FileReading(char? Delimiter, FileDialect Dialect, PackedLimits Limits, IReadOnlyList<string>? Kept = null);
