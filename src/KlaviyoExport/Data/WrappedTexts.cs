using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace KlaviyoExport.Data;

/// <summary>
/// Encrypts many short texts. Data protection derives a key for each value, which takes twenty microseconds. Here it protects one random
/// key for a day, and that key encrypts the texts. Each value contains its protected key, so it can be decrypted wherever the data
/// protection keys are.
/// </summary>
/// <param name="protector">Protects the random keys.</param>
/// <param name="generation">Changes when the data protection keys were read again. The next value then gets a new random key.</param>
/// <param name="clock">The clock.</param>
internal sealed class WrappedTexts(IDataProtector protector, Func<int> generation, TimeProvider clock)
{
    // Data protection begins a value with 9.
    private const byte Format = 2;
    private const int HeadBytes = 1 + sizeof(ushort);
    private const int MostOpened = 100;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, TextCipher> _opened = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Writing? _writing;

    public byte[] Encrypt(string text)
    {
        var writing = Current();
        return writing.Cipher.Encrypt(text, writing.Prefix);
    }

    /// <summary>Decrypts a value of <see cref="Encrypt"/>.</summary>
    /// <returns>Null when the value has another format.</returns>
    /// <exception cref="CryptographicException">The value was changed, or the key that encrypted it is missing.</exception>
    public string? Decrypt(ReadOnlySpan<byte> content)
    {
        if (content.Length < HeadBytes || content[0] != Format)
            return null;
        var length = BinaryPrimitives.ReadUInt16BigEndian(content[1..]);
        if (content.Length < HeadBytes + length)
            throw new CryptographicException("The encrypted text is incomplete.");
        return Opened(content.Slice(HeadBytes, length)).Decrypt(content[(HeadBytes + length)..]);
    }

    private Writing Current()
    {
        lock (_gate)
        {
            if (_writing is null || _writing.Generation != generation() || clock.GetUtcNow() - _writing.Since >= Lifetime)
                _writing = Create();
            return _writing;
        }
    }

    private Writing Create()
    {
        var now = generation();
        var key = RandomNumberGenerator.GetBytes(32);
        var wrapped = protector.Protect(key);
        var prefix = new byte[HeadBytes + wrapped.Length];
        prefix[0] = Format;
        BinaryPrimitives.WriteUInt16BigEndian(prefix.AsSpan(1), checked((ushort)wrapped.Length));
        wrapped.CopyTo(prefix, HeadBytes);
        return new Writing(prefix, new TextCipher(key), clock.GetUtcNow(), now);
    }

    private TextCipher Opened(ReadOnlySpan<byte> wrapped)
    {
        var name = Convert.ToBase64String(wrapped);
        if (_opened.TryGetValue(name, out var cipher))
            return cipher;
        if (_opened.Count >= MostOpened)
            _opened.Clear();
        return _opened.GetOrAdd(name, new TextCipher(protector.Unprotect(Convert.FromBase64String(name))));
    }

    private sealed record Writing(byte[] Prefix, TextCipher Cipher, DateTimeOffset Since, int Generation);
}
