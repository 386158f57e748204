namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Cuts JSON text into its objects without parsing them: the lines of JSON lines, objects that are written over several lines, or the
/// elements of one array. A line that is not valid JSON does not affect the others. Several arrays may follow each other.
/// </summary>
internal sealed class JsonElements(Stream stream, string name) : IDisposable
{
    private readonly TextBuffer _text = new([], stream);
    private long _lines = 1;
    private long _elements;
    private bool _isArray;
    private bool _isOpen;
    private bool _isSpread;
    private bool _isBegun;

    /// <summary>The 1-based line where the current element starts, or its number in an array, where several may be in one line.</summary>
    public long Line { get; private set; }

    public ReadOnlyMemory<byte> Current => _text.Passed;

    private ReadOnlySpan<byte> Rest => _text.Rest;

    /// <exception cref="SourceException">An element is too long, or the array does not end or is followed by something else.</exception>
    public bool Read()
    {
        if (!_isBegun)
            Begin();
        if (!Skip())
            return _isOpen ? throw NotClosed() : false;
        Line = _isArray ? ++_elements : _lines;
        while (true)
        {
            var isLine = !_isArray && (!_isSpread || Rest[0] != '{');
            var length = isLine ? Rest.IndexOf((byte)'\n') : ElementLength(Rest);
            if (length >= 0 || (_text.IsEnd && isLine))
            {
                length = length >= 0 ? length : Rest.Length;
                if (length > FileRows.LongestRow)
                    throw TooLong();
                _lines += Rest[..length].Count((byte)'\n');
                _text.Pass(length);
                return true;
            }
            if (Rest.Length > FileRows.LongestRow)
                throw TooLong();
            if (!_text.Fill())
                throw NotClosed();
        }
    }

    public void Dispose() => _text.Dispose();

    private void Begin()
    {
        _isBegun = true;
        _text.SkipMark();
        if (!Skip())
            return;
        if (Rest[0] == '[')
        {
            (_isArray, _isOpen) = (true, true);
            _text.Pass(1);
        }
        else
            _isSpread = IsSpread();
    }

    /// <summary>
    /// Whether the first object goes on in the next line, with a name or its end. Otherwise it is one of JSON lines, even if it is damaged.
    /// </summary>
    private bool IsSpread()
    {
        while (true)
        {
            var end = Rest.IndexOf((byte)'\n');
            var next = end < 0 ? [] : Rest[end..].TrimStart(" \t\r\n"u8);
            if (!next.IsEmpty)
                return Rest[0] == '{' && next[0] is (byte)'"' or (byte)'}' && ElementLength(Rest[..end]) < 0;
            if (Rest.Length > FileRows.LongestRow || !_text.Fill())
                return false;
        }
    }

    /// <summary>Moves to the next element. Returns false at the end.</summary>
    private bool Skip()
    {
        while (true)
        {
            if (Rest.IsEmpty && !_text.Fill())
                return false;
            if (Rest.IsEmpty)
                continue;
            switch (Rest[0])
            {
                case (byte)'\n':
                    _lines++;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r':
                    break;
                case (byte)',' when _isOpen || _isSpread:
                    break;
                case (byte)']' when _isOpen:
                    _isOpen = false;
                    break;
                case (byte)'[' when _isArray && !_isOpen:
                    _isOpen = true;
                    break;
                case var _ when _isArray && !_isOpen:
                    throw new SourceException(new LocalizedMessage("Sources.JsonAfterArray", name, _lines));
                default:
                    return true;
            }
            _text.Pass(1);
        }
    }

    /// <summary>Returns the length of the element at the start. -1 when its end is not there.</summary>
    private static int ElementLength(ReadOnlySpan<byte> text)
    {
        var (depth, isText) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'\\' when isText:
                    i++;
                    break;
                case (byte)'"':
                    isText = !isText;
                    break;
                case (byte)'{' or (byte)'[' when !isText:
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when !isText && depth > 0:
                    if (--depth == 0)
                        return i + 1;
                    break;
                case (byte)',' or (byte)']' when !isText && depth == 0:
                    return i;
                default:
                    break;
            }
        }
        return -1;
    }

    private SourceException NotClosed() => new(new LocalizedMessage("Sources.JsonNotClosed", name, _lines));

    private SourceException TooLong() => new(new LocalizedMessage("Sources.RowTooLong", name, _lines, FileRows.LongestRow));
}
