using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources.Csv;

internal static class CsvPreview
{
    private const int Looked = 1_000;
    private const int Shown = 10;

    /// <exception cref="SourceException">A file cannot be read, or its header differs from that of the first file.</exception>
    public static SourcePreview Of(
        IReadOnlyList<string> files,
        FileReading reading,
        IReadOnlyList<FormatChoice> formats,
        CancellationToken cancellationToken
    )
    {
        var (malformed, repairs) = (new MalformedRows(), new Repairs());
        using var first = SourceFile.Open(files[0], reading, malformed);
        foreach (var other in files.Skip(1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var file = SourceFile.Open(other, reading, malformed);
            FileColumns.DemandSame(file, first);
        }
        var profilers = first.Header.Select(name => new FieldProfiler(name, FormatChoice.About(name, formats))).ToList();
        var rows = new List<IReadOnlyList<string?>>();
        for (var seen = 0; seen < Looked && first.Read(repairs); seen++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var values = profilers.Select((_, i) => first.Text(i)).Select(value => FieldValue.IsEmpty(value) ? null : value).ToList();
            for (var i = 0; i < values.Count; i++)
            {
                profilers[i].HasNativeNumbers = first.IsNumber(i);
                profilers[i].Add(values[i]);
            }
            if (rows.Count < Shown)
                rows.Add(values);
        }
        first.Report(repairs);
        var all = profilers.Select(profiler => profiler.ToField()).ToList();
        var fields = NamelessColumns.Without(all, first, repairs);
        var kept = fields.Select(field => all.IndexOf(field)).ToList();
        IReadOnlyList<IReadOnlyList<string?>> shown = [.. rows.Select(row => kept.ConvertAll(column => row[column]))];
        return new SourcePreview([], fields, shown, malformed.First, LikelyKey.Among(fields, shown))
        {
            Findings = first.Findings,
            Repairs = repairs.All,
        };
    }
}
