using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KlaviyoExport.Data;

/// <summary>
/// A checksum of the rows of a table. It does not depend on their order, because databases sort texts differently, nor on how a database
/// represents a value.
/// </summary>
internal struct TableChecksum : IEquatable<TableChecksum>
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    private UInt128 _sum;

    public long Rows { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="values">The values as the model sees them.</param>
    public void Add(IReadOnlyList<object?> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var value in values)
        {
            var bytes = BytesOf(value);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(bytes ?? []);
        }
        Rows++;
        _sum = unchecked(_sum + BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset()));
    }

    public readonly bool Equals(TableChecksum other) => Rows == other.Rows && _sum == other._sum;

    public override readonly bool Equals(object? obj) => obj is TableChecksum other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Rows, _sum);

    public static bool operator ==(TableChecksum left, TableChecksum right) => left.Equals(right);

    public static bool operator !=(TableChecksum left, TableChecksum right) => !left.Equals(right);

    private static byte[]? BytesOf(object? value) =>
        value switch
        {
            null => null,
            byte[] bytes => bytes,
            string text => Encoding.UTF8.GetBytes(text),
            // PostgreSQL stores microseconds.
            DateTimeOffset at => BitConverter.GetBytes(at.UtcTicks / TicksPerMicrosecond),
            DateTime at => BitConverter.GetBytes(at.Ticks / TicksPerMicrosecond),
            TimeSpan time => BitConverter.GetBytes(time.Ticks / TicksPerMicrosecond),
            TimeOnly time => BitConverter.GetBytes(time.Ticks / TicksPerMicrosecond),
            // The scale of a decimal is no part of its value.
            decimal number => Encoding.UTF8.GetBytes(number.ToString("G29", CultureInfo.InvariantCulture)),
            Enum name => Encoding.UTF8.GetBytes(name.ToString()),
            IFormattable other => Encoding.UTF8.GetBytes(other.ToString(null, CultureInfo.InvariantCulture)),
            _ => Encoding.UTF8.GetBytes(value.ToString() ?? ""),
        };
}
