namespace KlaviyoExport.Sources.Csv;

internal static class CsvPreview
{
    private const int Looked = 1_000;
    private const int Shown = 10;

    /// <exception cref="SourceException">A file cannot be read, or its header differs from that of the first file.</exception>
    public static SourcePreview Of(
        IReadOnlyList<string> files,
        char? delimiter,
        IReadOnlyList<FormatChoice> formats,
        CancellationToken cancellationToken
    )
    {
        var malformed = new MalformedRows();
        using var first = CsvFile.Open(files[0], delimiter, malformed);
        foreach (var other in files.Skip(1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var file = CsvFile.Open(other, delimiter, malformed);
            CsvHeader.DemandSame(file, first.Header, first.Name);
        }
        var profilers = first.Header.Select(name => new FieldProfiler(name, FormatChoice.About(name, formats))).ToList();
        var rows = new List<IReadOnlyList<string?>>();
        for (var seen = 0; seen < Looked && first.Read(); seen++)
        {
            var values = profilers.Select((_, i) => first.Text(i)).Select(value => FieldValue.IsEmpty(value) ? null : value).ToList();
            for (var i = 0; i < values.Count; i++)
                profilers[i].Add(values[i]);
            if (rows.Count < Shown)
                rows.Add(values);
        }
        IReadOnlyList<Field> fields = [.. profilers.Select(profiler => profiler.ToField())];
        return new SourcePreview([], fields, rows, malformed.First, LikelyKey.Among(fields, rows));
    }
}
