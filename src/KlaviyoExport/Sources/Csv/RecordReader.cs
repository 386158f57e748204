using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources.Csv;

/// <summary>
/// Splits a stream of UTF-8 text into records. Records that break the rules of RFC 4180 are read in the way that gives the expected number
/// of values. CsvHelper cannot: it neither escapes quotes inside quoted values nor goes on after a quote that is never closed.
/// </summary>
internal sealed class RecordReader : IDisposable
{
    /// <summary>How far a value with a stray quote may extend, in bytes.</summary>
    private const int Reach = 64 * 1024;

    private readonly TextBuffer _text;
    private readonly string _name;
    private readonly byte? _comment;
    private readonly bool _mayEscape;
    private readonly RecordSplitter _splitter;
    private long _lines = 1;

    /// <param name="begin">The bytes of the text that were already read from the stream.</param>
    /// <param name="stream">The rest of the UTF-8 text. Disposed with the reader.</param>
    /// <param name="name">The file name for messages.</param>
    /// <param name="delimiter">An ASCII character.</param>
    /// <param name="hasEscape">Whether a backslash escapes quotes. Null to find it out in each record.</param>
    /// <param name="comment">Lines that start with it are not read.</param>
    public RecordReader(ReadOnlySpan<byte> begin, Stream stream, string name, char delimiter, bool? hasEscape, char? comment)
    {
        _text = new TextBuffer(begin, stream);
        (_name, _comment, _mayEscape) = (name, (byte?)comment, hasEscape is null);
        _splitter = new RecordSplitter((byte)delimiter, hasEscape == true ? (byte)'\\' : null);
    }

    /// <summary>The number of values a record should have. Null while the header is read.</summary>
    public int? Expected { get; set; }

    /// <summary>The 1-based line where the current record starts.</summary>
    public long Line { get; private set; }

    /// <summary>The number of values in the current record.</summary>
    public int Count => _splitter.Count;

    /// <summary>How the current record was repaired.</summary>
    public RepairKind? Repair { get; private set; }

    /// <summary>Whether the values of the current record cannot be told apart.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The bytes of the current record with its line end.</summary>
    public ReadOnlySpan<byte> Raw => _text.Passed.Span;

    private ReadOnlySpan<byte> Rest => _text.Rest;

    public ReadOnlySpan<byte> this[int index] => _splitter.Value(Raw, index);

    /// <summary>Passes over lines without reading them as records.</summary>
    public void SkipLines(int count)
    {
        for (; count > 0 && LineEnd() is > 0 and var length; count--)
        {
            _text.Pass(length);
            _lines++;
        }
    }

    /// <summary>Moves to the next record. Empty lines and comments are passed over.</summary>
    /// <exception cref="SourceException">A record is too long, or a quote is never closed and the rest cannot be told apart.</exception>
    public bool Read()
    {
        (Repair, IsBroken) = (null, false);
        if (!SkipToRecord())
            return false;
        Line = _lines;
        while (true)
        {
            var outcome = Try(QuoteReading.Strict);
            if (outcome == SplitOutcome.Incomplete && Rest.Length <= FileRows.LongestRow && _text.Fill())
                continue;
            if (outcome == SplitOutcome.Done && _splitter.HasLooseQuotes && _mayEscape && IsEscaped())
                Repair = RepairKind.EscapedQuotes;
            else if (outcome == SplitOutcome.Done)
                Repair = Expected is null ? null : RepairOf();
            else if (outcome == SplitOutcome.Stray && _text.Fill(Reach))
                continue;
            else if (outcome == SplitOutcome.Stray)
                Resolve();
            else
                Recover(outcome);
            if (_splitter.Length > FileRows.LongestRow)
                throw TooLong();
            Take();
            return true;
        }
    }

    public void Dispose() => _text.Dispose();

    private SplitOutcome Try(QuoteReading reading)
    {
        var isWhole = _text.IsEnd || reading is QuoteReading.Inner or QuoteReading.Escaped && Rest.Length >= Reach;
        return _splitter.Split(Rest, isWhole, reading);
    }

    private RepairKind? RepairOf() =>
        _splitter switch
        {
            { HasLooseQuotes: true } => RepairKind.QuotesKept,
            { HasEscapes: true } => RepairKind.EscapedQuotes,
            { HasSpacedQuotes: true } => RepairKind.SpacedQuotes,
            _ => null,
        };

    private bool Fits => Expected is null || _splitter.Count == Expected;

    /// <summary>Reads the record with escapes. Leaves the strict reading when that does not give the expected number of values.</summary>
    private bool IsEscaped()
    {
        var strict = _splitter.Length;
        if (
            Rest[..strict].IndexOf("\\\""u8) >= 0
            && Try(QuoteReading.Escaped) == SplitOutcome.Done
            && _splitter is { HasEscapes: true, HasLooseQuotes: false }
            && Fits
        )
            return true;
        Try(QuoteReading.Strict);
        return false;
    }

    /// <summary>Decides how a record with a stray quote is read.</summary>
    private void Resolve()
    {
        Repair = RepairKind.EscapedQuotes;
        if (_mayEscape && Try(QuoteReading.Escaped) == SplitOutcome.Done && _splitter.HasEscapes && Fits)
            return;
        Repair = RepairKind.QuotesKept;
        if (Try(QuoteReading.Inner) == SplitOutcome.Done && Fits && RowsIn(Rest[.._splitter.Length], isWhole: true) < 2)
        {
            Try(QuoteReading.Inner);
            return;
        }
        while (Try(QuoteReading.Literal) == SplitOutcome.Incomplete)
        {
            if (Rest.Length > FileRows.LongestRow || !_text.Fill())
                throw TooLong();
        }
        if (!Fits)
            (Repair, IsBroken) = (null, true);
    }

    /// <summary>Goes on after a quote that is never closed, if every line from there on is a row.</summary>
    private void Recover(SplitOutcome outcome)
    {
        if (Expected is null)
            throw new SourceException(new LocalizedMessage("Sources.HeaderMalformed", _name));
        Repair = RepairKind.EscapedQuotes;
        if (_mayEscape && Try(QuoteReading.Escaped) == SplitOutcome.Done && _splitter.HasEscapes && Fits)
            return;
        if (RowsIn(Rest, _text.IsEnd) < (_text.IsEnd ? 1 : 2))
        {
            throw outcome == SplitOutcome.Incomplete
                ? TooLong()
                : new SourceException(new LocalizedMessage("Sources.QuoteNotClosed", _name, Line));
        }
        Try(QuoteReading.Literal);
        Repair = RepairKind.QuoteNotClosed;
    }

    /// <summary>Returns the number of lines. 0 when one of them, read by itself, does not have the expected number of values.</summary>
    private int RowsIn(ReadOnlySpan<byte> text, bool isWhole)
    {
        var lines = 0;
        for (; !text.IsEmpty; lines++)
        {
            _splitter.Split(text, isEnd: true, QuoteReading.Literal);
            if (!Fits && (isWhole || _splitter.Length < text.Length))
                return 0;
            text = text[_splitter.Length..];
        }
        return lines;
    }

    private void Take()
    {
        _lines += _splitter.HasQuotes ? LineBreaks(Rest[.._splitter.Length]) : 1;
        _text.Pass(_splitter.Length);
    }

    private bool SkipToRecord()
    {
        _text.SkipMark();
        while (true)
        {
            if (Rest.Length < 2 && _text.Fill())
                continue;
            if (Rest.IsEmpty)
                return false;
            if (Rest[0] is (byte)'\r' or (byte)'\n')
                _text.Pass(Rest.StartsWith("\r\n"u8) ? 2 : 1);
            else if (Rest[0] == _comment)
                _text.Pass(LineEnd());
            else
                return true;
            _lines++;
        }
    }

    /// <summary>Returns the length of the line at the start of the rest, with its line end. 0 at the end of the input.</summary>
    private int LineEnd()
    {
        _text.SkipMark();
        while (true)
        {
            var end = Rest.IndexOfAny((byte)'\r', (byte)'\n');
            if (end >= 0 && (end + 1 < Rest.Length || _text.IsEnd))
                return end + (Rest[end..].StartsWith("\r\n"u8) ? 2 : 1);
            if (Rest.Length > FileRows.LongestRow)
                throw TooLong();
            if (!_text.Fill())
                return Rest.Length;
        }
    }

    private SourceException TooLong() => new(new LocalizedMessage("Sources.RowTooLong", _name, _lines, FileRows.LongestRow));

    private static int LineBreaks(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (text.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var at)
        {
            count++;
            text = text[(at + (text[at..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }
        return Math.Max(count, 1);
    }
}
