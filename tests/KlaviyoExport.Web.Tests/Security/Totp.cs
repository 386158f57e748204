using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>An authenticator app: codes by RFC 6238, of six digits, for 30 seconds each.</summary>
internal static class Totp
{
    /// <param name="key">In base 32, as the QR code contains it.</param>
    /// <param name="later">The number of codes to go forward. The server accepts a few, for clocks that are not exact.</param>
    public static string Of(string key, int later = 0)
    {
        Span<byte> step = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30) + later);
#pragma warning disable CA5350 // The algorithm of authenticator apps.
        var hash = HMACSHA1.HashData(Bytes(key), step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string base32)
    {
        var bits = base32.Aggregate(BigInteger.Zero, (sum, digit) => (sum << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(digit));
        var surplus = base32.Length * 5 % 8;
        var bytes = (bits >> surplus).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[(base32.Length * 5 / 8) - bytes.Length], .. bytes];
    }
}
