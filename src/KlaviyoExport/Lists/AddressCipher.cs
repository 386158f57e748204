using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;

namespace KlaviyoExport.Lists;

/// <summary>
/// Encrypts the addresses of memberships with AES-GCM and one key of the installation, which takes about a microsecond for each. The
/// general <see cref="SecretProtector"/> derives a key for each value, which takes too long for a million of them. Threads may share a
/// cipher.
/// </summary>
public sealed class AddressCipher : IDisposable
{
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly ThreadLocal<Cipher> _ciphers;
    private readonly SecretProtector _secrets;

    /// <param name="key">32 bytes.</param>
    /// <param name="secrets">Decrypts the addresses that older versions of the product have stored.</param>
    internal AddressCipher(byte[] key, SecretProtector secrets) =>
        (_ciphers, _secrets) = (new(() => new Cipher(key), trackAllValues: true), secrets);

    public byte[] Encrypt(string email)
    {
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetByteCount(email)];
        Encoding.UTF8.GetBytes(email, text);
        var content = new byte[1 + NonceBytes + text.Length + TagBytes];
        content[0] = Format;
        var nonce = content.AsSpan(1, NonceBytes);
        var cipher = _ciphers.Value!;
        cipher.NextNonce().CopyTo(nonce);
        cipher.Algorithm.Encrypt(nonce, text, content.AsSpan(1 + NonceBytes, text.Length), content.AsSpan(^TagBytes..));
        return content;
    }

    /// <exception cref="CryptographicException">The value was changed, or the key that encrypted it is missing.</exception>
    public string Decrypt(byte[] content)
    {
        if (content is not [Format, .. { Length: >= NonceBytes + TagBytes }])
            return _secrets.UnprotectEmail(content);
        var text = new byte[content.Length - 1 - NonceBytes - TagBytes];
        _ciphers.Value!.Algorithm.Decrypt(
            content.AsSpan(1, NonceBytes),
            content.AsSpan(1 + NonceBytes, text.Length),
            content.AsSpan(^TagBytes..),
            text
        );
        return Encoding.UTF8.GetString(text);
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
