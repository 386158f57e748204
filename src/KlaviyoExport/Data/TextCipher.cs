using System.Security.Cryptography;
using System.Text;

namespace KlaviyoExport.Data;

/// <summary>
/// Encrypts short texts with AES-GCM and one key, which takes about a microsecond for each. Threads may share a cipher.
/// </summary>
/// <param name="key">32 bytes.</param>
internal sealed class TextCipher(byte[] key) : IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>The number of bytes by which an encrypted text is longer than its UTF-8 form.</summary>
    public const int Overhead = NonceBytes + TagBytes;

    private readonly ThreadLocal<Cipher> _ciphers = new(() => new Cipher(key), trackAllValues: true);

    /// <summary>Returns some bytes followed by the encrypted text.</summary>
    public byte[] Encrypt(string text, ReadOnlySpan<byte> prefix)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var plain = length <= 512 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(text, plain);
        var content = new byte[prefix.Length + Overhead + length];
        prefix.CopyTo(content);
        var sealedText = content.AsSpan(prefix.Length);
        var cipher = _ciphers.Value!;
        cipher.NextNonce().CopyTo(sealedText);
        cipher.Algorithm.Encrypt(
            sealedText[..NonceBytes],
            plain,
            sealedText.Slice(NonceBytes, length),
            sealedText[(NonceBytes + length)..]
        );
        return content;
    }

    /// <param name="content">The encrypted text, without the bytes before it.</param>
    /// <exception cref="CryptographicException">The value was changed, or another key has encrypted it.</exception>
    public string Decrypt(ReadOnlySpan<byte> content)
    {
        if (content.Length < Overhead)
            throw new CryptographicException("The encrypted text is incomplete.");
        var plain = new byte[content.Length - Overhead];
        _ciphers.Value!.Algorithm.Decrypt(content[..NonceBytes], content.Slice(NonceBytes, plain.Length), content[^TagBytes..], plain);
        return Encoding.UTF8.GetString(plain);
    }

    public void Dispose()
    {
        foreach (var cipher in _ciphers.Values)
            cipher.Dispose();
        _ciphers.Dispose();
    }

    /// <summary>What one thread uses.</summary>
    private sealed class Cipher(byte[] key) : IDisposable
    {
        private readonly byte[] _nonces = new byte[NonceBytes * 256];
        private int _nonce;

        public AesGcm Algorithm { get; } = new(key, TagBytes);

        public void Dispose() => Algorithm.Dispose();

        /// <summary>Returns random bytes. Asking for many at a time is faster.</summary>
        public ReadOnlySpan<byte> NextNonce()
        {
            if (_nonce == 0)
                RandomNumberGenerator.Fill(_nonces);
            var nonce = _nonces.AsSpan(_nonce, NonceBytes);
            _nonce = (_nonce + NonceBytes) % _nonces.Length;
            return nonce;
        }
    }
}
