using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace KlaviyoExport.Data;

/// <summary>
/// Encrypts and decrypts the secrets of the store. Each purpose has its own key, so a value cannot be decrypted for another purpose.
/// </summary>
public sealed class SecretProtector(IDataProtectionProvider provider, TimeProvider clock)
{
    private readonly IDataProtector _credentials = provider.CreateProtector("KlaviyoExport.Credentials.v1");
    private readonly IDataProtector _payloads = provider.CreateProtector("KlaviyoExport.Payloads.v1");
    private readonly IDataProtector _emails = provider.CreateProtector("KlaviyoExport.Emails.v1");
    private readonly WrappedTexts _manyEmails = new(
        provider.CreateProtector("KlaviyoExport.EmailKeys.v1"),
        provider is FreshKeysProvider fresh ? () => fresh.Generation : () => 0,
        clock
    );

    public byte[] ProtectCredential(string secret) => _credentials.Protect(Encoding.UTF8.GetBytes(secret));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The key that encrypted the value is missing.</exception>
    public string UnprotectCredential(byte[] secret) => Encoding.UTF8.GetString(_credentials.Unprotect(secret));

    public byte[] ProtectPayload(byte[] payload) => _payloads.Protect(payload);

    public byte[] UnprotectPayload(byte[] payload) => _payloads.Unprotect(payload);

    /// <summary>Encrypts an email address. Threads may call it at the same time.</summary>
    public byte[] ProtectEmail(string email) => _manyEmails.Encrypt(email);

    /// <summary>Decrypts an email address, also one that an older version of the product has stored.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key that encrypted the value is missing.</exception>
    public string UnprotectEmail(byte[] email) => _manyEmails.Decrypt(email) ?? Encoding.UTF8.GetString(_emails.Unprotect(email));

    /// <summary>Encrypts a value again, with the current key.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key that encrypted the value is missing.</exception>
    internal byte[] Reprotect(byte[] value, SecretKind kind) =>
        kind switch
        {
            SecretKind.Credential => _credentials.Protect(_credentials.Unprotect(value)),
            SecretKind.Payload => _payloads.Protect(_payloads.Unprotect(value)),
            _ => ProtectEmail(UnprotectEmail(value)),
        };

    /// <summary>Decrypts a value without returning it.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key that encrypted the value is missing.</exception>
    internal void DemandReadable(byte[] value, SecretKind kind)
    {
        if (kind == SecretKind.Email)
            UnprotectEmail(value);
        else
            (kind == SecretKind.Credential ? _credentials : _payloads).Unprotect(value);
    }
}
