namespace KlaviyoExport.Sources.Csv;

internal static class CsvHeader
{
    /// <exception cref="SourceException">The header has no such column.</exception>
    public static int IndexOfKey(CsvFile file, string keyColumn)
    {
        var index = file.Header.ToList().IndexOf(keyColumn);
        return index >= 0
            ? index
            : throw new SourceException(
                new LocalizedMessage("Sources.KeyNotInHeader", file.Name, keyColumn, string.Join(", ", file.Header))
            );
    }

    /// <exception cref="SourceException">A column differs; the message names it.</exception>
    public static void DemandSame(CsvFile file, IReadOnlyList<string> header, string first)
    {
        for (var i = 0; i < Math.Max(header.Count, file.Header.Count); i++)
        {
            var (wanted, found) = (header.ElementAtOrDefault(i) ?? "", file.Header.ElementAtOrDefault(i) ?? "");
            if (wanted != found)
                throw new SourceException(new LocalizedMessage("Sources.HeaderDiffers", file.Name, first, i + 1, found, wanted));
        }
    }
}
