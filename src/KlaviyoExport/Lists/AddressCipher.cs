using System.Security.Cryptography;
using KlaviyoExport.Data;

namespace KlaviyoExport.Lists;

/// <summary>
/// Encrypts the addresses of memberships with one key of the installation, so that each value is short: there may be a million of them.
/// Threads may share a cipher.
/// </summary>
public sealed class AddressCipher : IDisposable
{
    private const byte Format = 1;
    private readonly TextCipher _cipher;
    private readonly SecretProtector _secrets;

    /// <param name="key">32 bytes.</param>
    /// <param name="secrets">Decrypts the addresses that older versions of the product have stored.</param>
    internal AddressCipher(byte[] key, SecretProtector secrets) => (_cipher, _secrets) = (new TextCipher(key), secrets);

    public byte[] Encrypt(string email) => _cipher.Encrypt(email, [Format]);

    /// <exception cref="CryptographicException">The value was changed, or the key that encrypted it is missing.</exception>
    public string Decrypt(byte[] content) =>
        content is [Format, .. { Length: >= TextCipher.Overhead }] ? _cipher.Decrypt(content.AsSpan(1)) : _secrets.UnprotectEmail(content);

    public void Dispose() => _cipher.Dispose();
}
