using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;

namespace KlaviyoExport.Lists;

/// <summary>
/// Encrypts the addresses of memberships with AES-GCM and one key of the installation, which takes about a microsecond for each. The
/// general <see cref="SecretProtector"/> derives a key for each value, which takes too long for a million of them. Thread-safe.
/// </summary>
public sealed class AddressCipher : IDisposable
{
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly AesGcm _cipher;
    private readonly SecretProtector _secrets;

    /// <param name="key">32 bytes.</param>
    /// <param name="secrets">Decrypts the addresses that older versions of the product have stored.</param>
    internal AddressCipher(byte[] key, SecretProtector secrets) => (_cipher, _secrets) = (new AesGcm(key, TagBytes), secrets);

    public byte[] Encrypt(string email)
    {
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetByteCount(email)];
        Encoding.UTF8.GetBytes(email, text);
        var content = new byte[1 + NonceBytes + text.Length + TagBytes];
        content[0] = Format;
        var nonce = content.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        _cipher.Encrypt(nonce, text, content.AsSpan(1 + NonceBytes, text.Length), content.AsSpan(^TagBytes..));
        return content;
    }

    /// <exception cref="CryptographicException">The value was changed, or the key that encrypted it is missing.</exception>
    public string Decrypt(byte[] content)
    {
        if (content is not [Format, .. { Length: >= NonceBytes + TagBytes }])
            return _secrets.UnprotectEmail(content);
        var text = new byte[content.Length - 1 - NonceBytes - TagBytes];
        _cipher.Decrypt(content.AsSpan(1, NonceBytes), content.AsSpan(1 + NonceBytes, text.Length), content.AsSpan(^TagBytes..), text);
        return Encoding.UTF8.GetString(text);
    }

    public void Dispose() => _cipher.Dispose();
}
