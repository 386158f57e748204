namespace KlaviyoExport.Sources.Csv;

/// <summary>Lists the files of a CSV source: one file, or those of a folder ordered by name. The real path of each is checked.</summary>
internal static class CsvFiles
{
    /// <summary>The endings of names of files that can be read.</summary>
    public static readonly IReadOnlyList<string> Endings =
    [
        ".csv",
        ".tsv",
        ".txt",
        ".gz",
        ".zip",
        ".xlsx",
        ".json",
        ".jsonl",
        ".ndjson",
        ".parquet",
    ];

    public static bool CanRead(string name) => Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="SourceException">There is no file, or one is outside the permitted folders.</exception>
    public static IReadOnlyList<string> Of(string location, SourcePaths paths)
    {
        var real = paths.Resolve(location);
        if (File.Exists(real))
            return [real];
        var files = Directory
            .EnumerateFiles(real)
            .Where(file => CanRead(file) && !Path.GetFileName(file).StartsWith('.'))
            .OrderBy(file => file, StringComparer.Ordinal)
            .Select(paths.Resolve)
            .ToList();
        return files.Count > 0 ? files : throw new SourceException(new LocalizedMessage("Sources.NoFiles", location));
    }
}
