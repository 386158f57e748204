using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace KlaviyoExport.Data;

/// <summary>
/// Copies rows to a table of PostgreSQL in the binary format of COPY. The importer of Npgsql makes an asynchronous call for each value, which
/// takes longer than all else.
/// </summary>
/// <remarks>The format: https://www.postgresql.org/docs/current/sql-copy.html. Numbers are big-endian.</remarks>
internal sealed class PostgreSqlCopyWriter : IAsyncDisposable
{
    private const int FlushAt = 64 * 1024;

    // PostgreSQL counts microseconds from this time.
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = new byte[FlushAt + 4096];
    private int _used;
    private bool _isComplete;

    private PostgreSqlCopyWriter(NpgsqlRawCopyStream stream)
    {
        _stream = stream;
        // No flags, and no extension of the header.
        ReadOnlySpan<byte> header = [.. "PGCOPY\n"u8, 0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];
        header.CopyTo(Append(header.Length));
    }

    /// <summary>Starts to copy. Without <see cref="CompleteAsync"/>, nothing is copied.</summary>
    /// <param name="connection">An open connection. It can do nothing else until the writer is disposed.</param>
    /// <param name="target">The table and its columns, in the form <c>"Table" ("Column", …)</c>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<PostgreSqlCopyWriter> StartAsync(
        NpgsqlConnection connection,
        string target,
        CancellationToken cancellationToken
    ) => new(await connection.BeginRawBinaryCopyAsync($"COPY {target} FROM STDIN (FORMAT BINARY)", cancellationToken));

    /// <summary>Starts a row. A value for each column must follow.</summary>
    public async ValueTask StartRowAsync(int columns, CancellationToken cancellationToken)
    {
        if (_used >= FlushAt)
            await SendAsync(cancellationToken);
        BinaryPrimitives.WriteInt16BigEndian(Append(sizeof(short)), (short)columns);
    }

    /// <exception cref="NotSupportedException">The value has a type that no table of the store has.</exception>
    public void Write(object? value)
    {
        switch (value)
        {
            case null:
                BinaryPrimitives.WriteInt32BigEndian(Append(sizeof(int)), -1);
                break;
            case byte[] bytes:
                bytes.CopyTo(AppendValue(bytes.Length));
                break;
            case string text:
                Encoding.UTF8.GetBytes(text, AppendValue(Encoding.UTF8.GetByteCount(text)));
                break;
            case DateTimeOffset at:
                BinaryPrimitives.WriteInt64BigEndian(AppendValue(sizeof(long)), (at - Epoch).Ticks / TimeSpan.TicksPerMicrosecond);
                break;
            case bool truth:
                AppendValue(1)[0] = truth ? (byte)1 : (byte)0;
                break;
            case byte number:
                BinaryPrimitives.WriteInt16BigEndian(AppendValue(sizeof(short)), number);
                break;
            case int number:
                BinaryPrimitives.WriteInt32BigEndian(AppendValue(sizeof(int)), number);
                break;
            case long number:
                BinaryPrimitives.WriteInt64BigEndian(AppendValue(sizeof(long)), number);
                break;
            case double number:
                BinaryPrimitives.WriteDoubleBigEndian(AppendValue(sizeof(double)), number);
                break;
            case Guid id:
                id.TryWriteBytes(AppendValue(16), bigEndian: true, out _);
                break;
            default:
                throw new NotSupportedException($"A {value.GetType().Name} cannot be copied to PostgreSQL.");
        }
    }

    /// <summary>Sends the rest. PostgreSQL has stored all rows when the writer is disposed.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt16BigEndian(Append(sizeof(short)), -1);
        await SendAsync(cancellationToken);
        _isComplete = true;
    }

    /// <exception cref="PostgresException">PostgreSQL refused a row.</exception>
    public async ValueTask DisposeAsync()
    {
        if (_isComplete)
        {
            await _stream.DisposeAsync();
            return;
        }
        try
        {
            // The end of a stream that was not canceled counts as the end of the rows.
            await _stream.CancelAsync();
            await _stream.DisposeAsync();
        }
        catch (Exception fault) when (fault is NpgsqlException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The connection is broken or the call was canceled: the exception that ended the copy says so.
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken);
        _used = 0;
    }

    private Span<byte> AppendValue(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(Append(sizeof(int)), length);
        return Append(length);
    }

    private Span<byte> Append(int length)
    {
        if (_buffer.Length < _used + length)
            Array.Resize(ref _buffer, Math.Max(_used + length, 2 * _buffer.Length));
        _used += length;
        return _buffer.AsSpan(_used - length, length);
    }
}
