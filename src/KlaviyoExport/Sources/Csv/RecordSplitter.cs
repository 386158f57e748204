using System.Buffers;

namespace KlaviyoExport.Sources.Csv;

/// <summary>How quotes that break the rules of RFC 4180 are read.</summary>
internal enum QuoteReading
{
    /// <summary>A quote opens a value only at its start, and only a quote before a delimiter or line end closes it.</summary>
    Strict,

    /// <summary>As strict, but a backslash makes the character after it part of the value.</summary>
    Escaped,

    /// <summary>Quotes inside a quoted value that do not close it are part of the value.</summary>
    Inner,

    /// <summary>Quotes are ordinary characters, so every line is a row.</summary>
    Literal,
}

/// <summary>The result of splitting one record.</summary>
internal enum SplitOutcome
{
    Done,

    /// <summary>The record does not end in the given bytes.</summary>
    Incomplete,

    /// <summary>A quoted value is followed by text instead of a delimiter.</summary>
    Stray,

    /// <summary>The input ends inside a quoted value.</summary>
    NotClosed,
}

/// <summary>Splits one record of delimited UTF-8 text into its values. Values are valid until the next call.</summary>
internal sealed class RecordSplitter
{
    private const byte Quote = (byte)'"';

    private readonly byte _delimiter;
    private readonly byte? _escape;
    private readonly SearchValues<byte> _ends;
    private readonly SearchValues<byte> _endsAndQuote;
    private readonly SearchValues<byte> _endsAndEscapes;
    private readonly ArrayBufferWriter<byte> _decoded = new();
    private (int Start, int Length, bool IsDecoded)[] _values = new (int, int, bool)[64];

    /// <param name="delimiter">An ASCII character.</param>
    /// <param name="escape">The character that escapes quotes in every record. Null for doubled quotes only.</param>
    public RecordSplitter(byte delimiter, byte? escape)
    {
        (_delimiter, _escape) = (delimiter, escape);
        _ends = SearchValues.Create([delimiter, (byte)'\r', (byte)'\n']);
        _endsAndQuote = SearchValues.Create([delimiter, (byte)'\r', (byte)'\n', Quote]);
        _endsAndEscapes = SearchValues.Create([delimiter, (byte)'\r', (byte)'\n', Quote, escape ?? (byte)'\\']);
    }

    public int Count { get; private set; }

    /// <summary>The length in bytes of the record with its line end.</summary>
    public int Length { get; private set; }

    /// <summary>Whether a value is quoted, so that the record may contain line breaks.</summary>
    public bool HasQuotes { get; private set; }

    /// <summary>Whether a quote is inside a value that is not quoted.</summary>
    public bool HasLooseQuotes { get; private set; }

    /// <summary>Whether spaces stand between a delimiter and a quote.</summary>
    public bool HasSpacedQuotes { get; private set; }

    /// <summary>Whether an escape character was removed.</summary>
    public bool HasEscapes { get; private set; }

    /// <summary>Returns a value of the last record.</summary>
    /// <param name="data">The bytes that were split.</param>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> data, int index)
    {
        var (start, length, isDecoded) = _values[index];
        return isDecoded ? _decoded.WrittenSpan.Slice(start, length) : data.Slice(start, length);
    }

    /// <param name="data">The bytes from the start of the record.</param>
    /// <param name="isEnd">Whether the input ends after the bytes.</param>
    /// <param name="reading">How quotes are read.</param>
    public SplitOutcome Split(ReadOnlySpan<byte> data, bool isEnd, QuoteReading reading)
    {
        (Count, Length, HasQuotes, HasLooseQuotes, HasSpacedQuotes, HasEscapes) = (0, 0, false, false, false, false);
        _decoded.ResetWrittenCount();
        var escape = _escape ?? (reading == QuoteReading.Escaped ? (byte)'\\' : null);
        var at = 0;
        while (true)
        {
            var opening = reading == QuoteReading.Literal ? -1 : Opening(data, at);
            if (opening >= 0)
            {
                if (Quoted(data, opening, isEnd, reading, escape, ref at) is not SplitOutcome.Done and var problem)
                    return problem;
                HasSpacedQuotes |= opening > 0 && data[opening - 1] is (byte)' ' or (byte)'\t' && data[opening - 1] != _delimiter;
            }
            else
            {
                at = Unquoted(data, at, escape);
            }
            if (at == data.Length)
            {
                Length = at;
                return isEnd ? SplitOutcome.Done : SplitOutcome.Incomplete;
            }
            var end = data[at++];
            if (end == _delimiter)
                continue;
            if (end == '\r')
            {
                if (at == data.Length && !isEnd)
                    return SplitOutcome.Incomplete;
                at += at < data.Length && data[at] == '\n' ? 1 : 0;
            }
            Length = at;
            return SplitOutcome.Done;
        }
    }

    /// <summary>Returns the index of the quote that opens the value, or -1.</summary>
    private int Opening(ReadOnlySpan<byte> data, int at)
    {
        at = SkipBlanks(data, at);
        return at < data.Length && data[at] == Quote ? at : -1;
    }

    private int SkipBlanks(ReadOnlySpan<byte> data, int at)
    {
        while (at < data.Length && data[at] is (byte)' ' or (byte)'\t' && data[at] != _delimiter)
            at++;
        return at;
    }

    private int Unquoted(ReadOnlySpan<byte> data, int start, byte? escape)
    {
        var end = Next(data, start, escape is null ? _endsAndQuote : _endsAndEscapes);
        if (end == data.Length || _ends.Contains(data[end]))
        {
            Add(start, end - start, isDecoded: false);
            return end;
        }
        var (from, written, decoded) = (start, _decoded.WrittenCount, false);
        while (end < data.Length && !_ends.Contains(data[end]))
        {
            if (data[end] == escape && end + 1 < data.Length && (_endsAndQuote.Contains(data[end + 1]) || data[end + 1] == escape))
            {
                _decoded.Write(data[from..end]);
                (from, decoded, HasEscapes) = (end + 1, true, true);
                end++;
            }
            else if (data[end] == Quote)
            {
                HasLooseQuotes = true;
            }
            end = Next(data, end + 1, escape is null ? _ends : _endsAndEscapes);
        }
        if (!decoded)
        {
            Add(start, end - start, isDecoded: false);
            return end;
        }
        _decoded.Write(data[from..end]);
        Add(written, _decoded.WrittenCount - written, isDecoded: true);
        return end;
    }

    private SplitOutcome Quoted(ReadOnlySpan<byte> data, int opening, bool isEnd, QuoteReading reading, byte? escape, ref int at)
    {
        HasQuotes = true;
        var (start, from, written) = (opening + 1, opening + 1, _decoded.WrittenCount);
        var next = start;
        while (true)
        {
            var found = escape is { } character ? data[next..].IndexOfAny(Quote, character) : data[next..].IndexOf(Quote);
            if (found < 0 || (next + found + 1 == data.Length && !isEnd))
                return isEnd ? SplitOutcome.NotClosed : SplitOutcome.Incomplete;
            found += next;
            var hasNext = found + 1 < data.Length;
            if (data[found] != Quote)
            {
                next = found + 1;
                if (!hasNext || (data[next] != Quote && data[next] != escape))
                    continue;
                _decoded.Write(data[from..found]);
                (from, HasEscapes) = (next++, true);
            }
            else if (hasNext && data[found + 1] == Quote)
            {
                _decoded.Write(data[from..(found + 1)]);
                from = next = found + 2;
            }
            else if (SkipBlanks(data, found + 1) is var after && after == data.Length && !isEnd)
            {
                return SplitOutcome.Incomplete;
            }
            else if (after == data.Length || _ends.Contains(data[after]))
            {
                if (from == start)
                    Add(start, found - start, isDecoded: false);
                else
                {
                    _decoded.Write(data[from..found]);
                    Add(written, _decoded.WrittenCount - written, isDecoded: true);
                }
                HasSpacedQuotes |= after > found + 1;
                at = after;
                return SplitOutcome.Done;
            }
            else if (reading == QuoteReading.Inner)
            {
                next = found + 1;
            }
            else
            {
                return SplitOutcome.Stray;
            }
        }
    }

    private void Add(int start, int length, bool isDecoded)
    {
        if (Count == _values.Length)
            Array.Resize(ref _values, Count * 2);
        _values[Count++] = (start, length, isDecoded);
    }

    private static int Next(ReadOnlySpan<byte> data, int from, SearchValues<byte> wanted) =>
        from >= data.Length ? data.Length
        : data[from..].IndexOfAny(wanted) is >= 0 and var found ? from + found
        : data.Length;
}
