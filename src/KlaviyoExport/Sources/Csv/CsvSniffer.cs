using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources.Csv;

/// <summary>Finds out how delimited text is written, from its first lines.</summary>
internal sealed class CsvSniffer
{
    /// <summary>The number of bytes of UTF-8 that are looked at.</summary>
    public const int Looked = 64 * 1024;

    private const int MostRecords = 200;

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    private readonly List<FirstRow> _records = [];

    private CsvSniffer(char delimiter) => Delimiter = delimiter;

    public char Delimiter { get; }

    public bool HasEscape { get; private set; }

    /// <summary>The number of lines above the header.</summary>
    public int LinesToSkip { get; private set; }

    /// <param name="sample">The start of the file.</param>
    /// <param name="isWhole">Whether the sample is the whole file.</param>
    /// <param name="delimiter">The chosen delimiter. Null to find it out.</param>
    /// <param name="dialect">What was chosen.</param>
    public static CsvSniffer Look(ReadOnlySpan<byte> sample, bool isWhole, char? delimiter, FileDialect dialect)
    {
        if (!isWhole && sample.LastIndexOfAny((byte)'\r', (byte)'\n') is > 0 and var cut)
            sample = sample[..cut];
        if (sample.StartsWith("\uFEFF"u8))
            sample = sample[3..];
        var lines = dialect.LinesToSkip ?? 0;
        for (var i = 0; i < lines && !sample.IsEmpty; i++)
            sample = sample[LineLength(sample)..];
        // Excel reads and writes this line.
        if (sample.Length > 5 && sample.StartsWith("sep="u8) && sample[5] is (byte)'\r' or (byte)'\n')
        {
            delimiter ??= (char)sample[4];
            sample = sample[LineLength(sample)..];
            lines++;
        }
        CsvSniffer? best = null;
        foreach (var candidate in delimiter is { } chosen ? [chosen] : Delimiters)
        {
            var sniffer = new CsvSniffer(candidate);
            sniffer.Read(sample, dialect.Comment?[0]);
            if (best is null || sniffer.Score.CompareTo(best.Score) > 0)
                best = sniffer;
        }
        best!.LinesToSkip = lines + (dialect.LinesToSkip is null ? HeaderFinder.LinesAbove(best._records) : 0);
        return best;
    }

    /// <summary>The number of records with the usual number of values, and that number.</summary>
    private (int Records, int Width) Score =>
        _records
            .Where(record => record.Count > 1)
            .GroupBy(record => record.Count)
            .Select(group => (group.Count(), group.Key))
            .DefaultIfEmpty((0, 1))
            .Max();

    private void Read(ReadOnlySpan<byte> text, char? comment)
    {
        var splitter = new RecordSplitter((byte)Delimiter, null);
        for (var line = 0; !text.IsEmpty && _records.Count < MostRecords; )
        {
            if (text[0] is (byte)'\r' or (byte)'\n' || text[0] == comment)
            {
                text = text[LineLength(text)..];
                line++;
                continue;
            }
            if (
                splitter.Split(text, isEnd: true, QuoteReading.Strict) != SplitOutcome.Done
                || (splitter.HasLooseQuotes && text[..splitter.Length].IndexOf("\\\""u8) >= 0)
            )
            {
                if (
                    splitter.Split(text, isEnd: true, QuoteReading.Escaped) == SplitOutcome.Done
                    && splitter is { HasEscapes: true, HasLooseQuotes: false }
                )
                    HasEscape = true;
                else
                    splitter.Split(text, isEnd: true, QuoteReading.Literal);
            }
            var (filled, width, isData) = (0, 0, false);
            for (var i = 0; i < splitter.Count; i++)
            {
                var value = splitter.Value(text, i);
                if (Utf8Value.IsEmpty(value))
                    continue;
                (filled, width) = (filled + 1, i + 1);
                isData |= HeaderFinder.IsData(value);
            }
            _records.Add(new FirstRow(line, splitter.Count, filled, width, HeaderFinder.IsComment(text), isData));
            for (var rest = text[..splitter.Length]; !rest.IsEmpty; rest = rest[LineLength(rest)..])
                line++;
            text = text[splitter.Length..];
        }
    }

    private static int LineLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? text.Length : end + (text[end..].StartsWith("\r\n"u8) ? 2 : 1);
    }
}
