using System.IO.Hashing;

namespace KlaviyoExport.Sources.Files;

/// <summary>The content of a packed file, unpacked while it is read and never stored. Reading throws when a limit is exceeded.</summary>
/// <param name="content">Unpacks the content.</param>
/// <param name="owner">Disposed after the content.</param>
/// <param name="packed">The size of the packed content in bytes.</param>
/// <param name="name">The file name for messages.</param>
/// <param name="limits">The limits of the content.</param>
/// <param name="isComplete">Whether this number of bytes is all of the content, and this is its checksum.</param>
internal sealed class UnpackedStream(
    Stream content,
    IDisposable owner,
    long packed,
    string name,
    PackedLimits limits,
    Func<long, uint, bool> isComplete
) : Stream
{
    private readonly Crc32 _checksum = new();
    private long _total;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="SourceException">The file is damaged, or its content is too large.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            var read = content.Read(buffer);
            _total += read;
            _checksum.Append(buffer[..read]);
            limits.Demand(_total, packed, name);
            if (read == 0 && !buffer.IsEmpty && !isComplete(_total, _checksum.GetCurrentHashAsUInt32()))
                throw new InvalidDataException();
            return read;
        }
        catch (InvalidDataException)
        {
            throw new SourceException(new LocalizedMessage("Sources.FileDamaged", name));
        }
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            owner.Dispose();
        }
        base.Dispose(disposing);
    }
}
