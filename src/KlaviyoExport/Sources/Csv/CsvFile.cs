using System.Text.Unicode;
using CsvHelper;

namespace KlaviyoExport.Sources.Csv;

/// <summary>Reads a CSV file row by row. Malformed rows are reported and skipped.</summary>
internal sealed class CsvFile : IDisposable
{
    /// <summary>The limit in bytes of UTF-8.</summary>
    public const int LongestRow = 1_000_000;

    /// <summary>The limit of SQLite, minus the column that the staging file adds.</summary>
    public const int MostColumns = 1_999;

    private static ReadOnlySpan<byte> InvalidUnit => "\uFFFF"u8;

    private readonly CsvReader _reader;
    private readonly MalformedRows _malformed;
    private readonly FileInfo _file;
    private readonly (long Length, DateTime WrittenAt) _found;
    private bool _headerRead;
    private SourceException? _failure;

    private CsvFile(string path, char? delimiter, MalformedRows malformed)
    {
        Name = Path.GetFileName(path);
        _file = new FileInfo(path);
        _found = (_file.Length, _file.LastWriteTimeUtc);
        _malformed = malformed;
        var stream = new FileStream(
            path,
            new FileStreamOptions
            {
                Options = FileOptions.SequentialScan,
                BufferSize = 0,
                Share = FileShare.ReadWrite | FileShare.Delete,
            }
        );
        try
        {
            _reader = CsvReader.Create(
                stream,
                new CsvReaderOptions
                {
                    Separator = delimiter,
                    Encoding = CsvEncoding.Detect(stream),
                    MalformedData = CsvMalformedDataHandling.Skip,
                    OnMalformedRecord = Report,
                    TrackLineNumbers = true,
                    MaxRecordSize = LongestRow,
                    IncludeValuesInExceptions = false,
                }
            );
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public string Name { get; }

    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>The 1-based number of the first line of the current row.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>Opens the file and reads its header.</summary>
    /// <exception cref="SourceException">The file has no valid header.</exception>
    public static CsvFile Open(string path, char? delimiter, MalformedRows malformed)
    {
        try
        {
            var file = new CsvFile(path, delimiter, malformed);
            try
            {
                file.ReadHeader();
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(new LocalizedMessage("Sources.FileUnreadable", Path.GetFileName(path)));
        }
    }

    /// <summary>Moves to the next valid row.</summary>
    /// <exception cref="SourceException">The rest of the file cannot be split into rows.</exception>
    public bool Read()
    {
        while (Advance())
        {
            if (!IsText(_reader.RawRecord))
                _malformed.Add(Name, Line, new LocalizedMessage("Sources.RowNotText"));
            else if (_reader.FieldCount != Header.Count)
                _malformed.Add(Name, Line, new LocalizedMessage("Sources.RowColumns", _reader.FieldCount, Header.Count));
            else
                return true;
        }
        return false;
    }

    /// <summary>Must be called at the end: a file that is still being written is incomplete.</summary>
    /// <exception cref="SourceException">The file was changed since it was opened.</exception>
    public void DemandUnchanged()
    {
        _file.Refresh();
        if (!_file.Exists || (_file.Length, _file.LastWriteTimeUtc) != _found)
            throw new SourceException(SourceFault.ChangedWhileRead(Name));
    }

    /// <summary>Returns a value of the current row in UTF-8. Valid until the next row.</summary>
    public ReadOnlySpan<byte> this[int column] => _reader.GetSpan(column);

    public string Text(int column) => _reader.GetString(column);

    public void Dispose() => _reader.Dispose();

    private bool Advance()
    {
        try
        {
            var read = _reader.Read();
            return _failure is null ? read : throw _failure;
        }
        catch (CsvFormatException exception)
        {
            throw new SourceException(new LocalizedMessage("Sources.RowTooLong", Name, exception.LineNumber, LongestRow));
        }
        catch (IOException)
        {
            throw new SourceException(new LocalizedMessage("Sources.FileUnreadable", Name));
        }
    }

    private void ReadHeader()
    {
        try
        {
            _reader.ReadHeader();
        }
        catch (CsvFormatException)
        {
            throw new SourceException(new LocalizedMessage("Sources.HeaderMalformed", Name));
        }
        if (_failure is not null)
            throw _failure;
        _headerRead = true;
        if (_reader.Headers.Count == 0)
            throw new SourceException(new LocalizedMessage("Sources.Empty", Name));
        Header = [.. _reader.Headers.Select(name => name.Trim())];
        if (Header.Any(name => name.AsSpan().ContainsAny('\uFFFD', CsvEncoding.Invalid, '\0')))
            throw new SourceException(new LocalizedMessage("Sources.NotText", Name));
        if (Header.Count > MostColumns)
            throw new SourceException(new LocalizedMessage("Sources.TooManyColumns", Name, Header.Count, MostColumns));
        var unnamed = Header.ToList().FindIndex(name => name.Length == 0);
        if (unnamed >= 0)
            throw new SourceException(new LocalizedMessage("Sources.HeaderUnnamed", Name, unnamed + 1));
        // Column names in SQLite are case-insensitive.
        if (Header.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Skip(1).Any()) is { } repeated)
            throw new SourceException(new LocalizedMessage("Sources.HeaderRepeated", Name, repeated.Last()));
    }

    private void Report(CsvMalformedRecord record)
    {
        if (!_headerRead)
            _failure ??= new SourceException(new LocalizedMessage("Sources.HeaderMalformed", Name));
        else if (record.Reason == CsvMalformedReason.UnterminatedQuote)
            _failure ??= new SourceException(new LocalizedMessage("Sources.QuoteNotClosed", Name, record.LineNumber));
        else
            _malformed.Add(Name, record.LineNumber, new LocalizedMessage("Sources.RowQuotes"));
    }

    private static bool IsText(ReadOnlySpan<byte> row) => Utf8.IsValid(row) && !row.Contains((byte)0) && row.IndexOf(InvalidUnit) < 0;
}
