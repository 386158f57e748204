namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Reads a stream of UTF-8 text into a buffer that grows as needed. The reader looks at the rest, asks for more, and passes over what it has
/// used. A byte order mark at the start is passed over.
/// </summary>
internal sealed class TextBuffer : IDisposable
{
    private const int Least = 128 * 1024;

    private readonly Stream _stream;
    private byte[] _bytes;
    private int _start;
    private int _end;
    private int _passed;
    private bool _isBegun;

    /// <param name="begin">The bytes of the text that were already read from the stream.</param>
    /// <param name="stream">The rest of the text. Disposed with the buffer.</param>
    public TextBuffer(ReadOnlySpan<byte> begin, Stream stream)
    {
        _stream = stream;
        _bytes = new byte[Math.Max(Least, begin.Length)];
        begin.CopyTo(_bytes);
        _end = begin.Length;
    }

    /// <summary>The bytes that were read and not passed over.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.AsSpan(_start, _end - _start);

    /// <summary>The bytes that were passed over last. Valid until more is read.</summary>
    public ReadOnlyMemory<byte> Passed => _bytes.AsMemory(_start - _passed, _passed);

    /// <summary>Whether the end of the stream was read.</summary>
    public bool IsEnd { get; private set; }

    public void Pass(int length)
    {
        _start += length;
        _passed = length;
    }

    /// <summary>Reads more bytes. Returns false when there are none.</summary>
    public bool Fill()
    {
        if (IsEnd)
            return false;
        if (_start > 0)
        {
            Rest.CopyTo(_bytes);
            (_start, _end, _passed) = (0, _end - _start, 0);
        }
        if (_end == _bytes.Length)
            Array.Resize(ref _bytes, _bytes.Length * 2);
        var read = _stream.Read(_bytes, _end, _bytes.Length - _end);
        _end += read;
        IsEnd = read == 0;
        return true;
    }

    /// <summary>Reads until this many bytes are there or the input ends. Returns whether anything was read.</summary>
    public bool Fill(int wanted)
    {
        var isMore = false;
        while (Rest.Length < wanted && Fill())
            isMore = true;
        return isMore;
    }

    /// <summary>Passes over the byte order mark. Only the first call does anything.</summary>
    public void SkipMark()
    {
        if (_isBegun)
            return;
        _isBegun = true;
        Fill(3);
        if (Rest.StartsWith("\uFEFF"u8))
            Pass(3);
    }

    public void Dispose() => _stream.Dispose();
}
