namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Measures the rows of a sheet, or the texts that its cells share, in the XML of a workbook. The library keeps a whole one of them in
/// memory, several times, before its length can be looked at.
/// </summary>
/// <param name="element">The name of the element of a row or text.</param>
internal sealed class RowMeter(string element)
{
    /// <summary>The limit in bytes of XML. It is that of a row with the tags of very many cells.</summary>
    public const int Longest = 10 * FileRows.LongestRow;

    private const int LongestName = 16;

    private readonly byte[] _name = new byte[LongestName];
    private int _length = -1;
    private bool _isEnd;
    private byte _hides;
    private byte _last;
    private byte _beforeLast;
    private long _size;

    /// <summary>The number of rows or texts that have begun.</summary>
    public long Rows { get; private set; }

    /// <summary>Takes the next part of the XML.</summary>
    /// <returns>False when a row is too long.</returns>
    public bool Take(ReadOnlySpan<byte> part)
    {
        while (!part.IsEmpty && !_isEnd)
        {
            var taken =
                _hides != 0 ? SkipHidden(part)
                : _length < 0 ? SkipText(part)
                : ReadName(part[0]);
            _size += taken;
            if (_size > Longest)
                return false;
            part = part[taken..];
        }
        return true;
    }

    private int SkipText(ReadOnlySpan<byte> part)
    {
        var tag = part.IndexOf((byte)'<');
        if (tag < 0)
            return part.Length;
        _length = 0;
        return tag + 1;
    }

    /// <summary>Skips a comment or a section in which tags are text.</summary>
    private int SkipHidden(ReadOnlySpan<byte> part)
    {
        for (var i = 0; i < part.Length; i++)
        {
            var isEnd = part[i] == '>' && _last == _hides && _beforeLast == _hides;
            (_beforeLast, _last) = (_last, part[i]);
            if (!isEnd)
                continue;
            _hides = 0;
            return i + 1;
        }
        return part.Length;
    }

    private int ReadName(byte letter)
    {
        if (letter == ':')
            _length = 0;
        else if (letter is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'>' || _length == LongestName)
            EndName();
        else if (letter != '/')
            _name[_length++] = letter;
        else if (_length > 0)
            EndName();
        if (_length == 3 && _name.AsSpan(0, 3).SequenceEqual("!--"u8))
            Hide((byte)'-');
        else if (_length == 3 && _name.AsSpan(0, 3).SequenceEqual("![C"u8))
            Hide((byte)']');
        return 1;
    }

    private void EndName()
    {
        if (System.Text.Encoding.ASCII.GetString(_name, 0, _length) == element)
            (_size, Rows) = (0, Rows + 1);
        _isEnd = _name.AsSpan(0, _length).SequenceEqual("sheetData"u8) && Rows > 0;
        _length = -1;
    }

    private void Hide(byte until) => (_hides, _last, _beforeLast, _length) = (until, 0, 0, -1);
}
