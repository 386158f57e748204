using System.Text.Unicode;
using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources.Csv;

/// <summary>The rows of delimited text.</summary>
internal sealed class CsvRows : FileRows
{
    private readonly RecordReader _records;
    private readonly string _name;

    private CsvRows(RecordReader records, string name, FileFindings findings, IReadOnlyList<string> names) =>
        (_records, _name, Findings, Names) = (records, name, findings, names);

    public override IReadOnlyList<string> Names { get; }

    public override FileFindings Findings { get; }

    public override long Line => _records.Line;

    public override int Count => _records.Count;

    public override RepairKind? Repair => _records.Repair;

    public override LocalizedMessage? Fault =>
        !IsText(_records.Raw) ? new LocalizedMessage("Sources.RowNotText")
        : _records.IsBroken ? new LocalizedMessage("Sources.RowQuotes")
        : null;

    public override ReadOnlySpan<byte> this[int column] => _records[column];

    /// <param name="open">Opens the file. Called several times.</param>
    /// <param name="name">The file name for messages.</param>
    /// <param name="delimiter">Null to find it out.</param>
    /// <param name="dialect">What was chosen.</param>
    /// <exception cref="SourceException">The file has no valid header.</exception>
    public static CsvRows Open(Func<Stream> open, string name, char? delimiter, FileDialect dialect)
    {
        // The chosen dialect is that of the original file.
        if (MendableCsv.IsIn(open))
            (delimiter, dialect) = (null, MendableCsv.Dialect);
        var encoding = TextEncodings.Find(open, dialect.Encoding);
        var stream = encoding.Decode(open());
        RecordReader? records = null;
        try
        {
            var sample = new byte[CsvSniffer.Looked];
            var length = stream.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
            var found = CsvSniffer.Look(sample.AsSpan(0, length), length < sample.Length, delimiter, dialect);
            bool? hasEscape = dialect.HasEscape ?? (found.HasEscape ? true : null);
            records = new RecordReader(sample.AsSpan(0, length), stream, name, found.Delimiter, hasEscape, dialect.Comment?[0]);
            records.SkipLines(found.LinesToSkip);
            if (!records.Read())
                throw new SourceException(new LocalizedMessage("Sources.Empty", name));
            List<string> names = [];
            for (var i = 0; i < records.Count; i++)
                names.Add(System.Text.Encoding.UTF8.GetString(records[i]).Trim());
            names[0] = HeaderFinder.NameOf(names[0]);
            if (!IsText(records.Raw))
                throw new SourceException(new LocalizedMessage("Sources.NotText", name));
            records.Expected = records.Count;
            var findings = new FileFindings(FileFormat.Delimited)
            {
                Encoding = encoding.Name,
                Candidates = encoding.Candidates,
                Delimiter = found.Delimiter,
                HasEscape = hasEscape == true,
                LinesToSkip = found.LinesToSkip,
            };
            return new CsvRows(records, name, findings, names);
        }
        catch
        {
            records?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    public override bool Read()
    {
        try
        {
            return _records.Read();
        }
        catch (IOException)
        {
            throw new SourceException(new LocalizedMessage("Sources.FileUnreadable", _name));
        }
    }

    public override void Dispose() => _records.Dispose();

    private static bool IsText(ReadOnlySpan<byte> row) => Utf8.IsValid(row) && !row.Contains((byte)0) && row.IndexOf("\uFFFF"u8) < 0;
}
