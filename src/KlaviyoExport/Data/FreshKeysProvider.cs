using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace KlaviyoExport.Data;

/// <summary>
/// Data protection that also decrypts values of a key that another process has just created, for example by rotating the secrets.
/// </summary>
internal sealed class FreshKeysProvider(IDataProtectionProvider inner, RefreshableKeys keys) : IDataProtectionProvider
{
    /// <inheritdoc cref="RefreshableKeys.Generation"/>
    public int Generation => keys.Generation;

    public IDataProtector CreateProtector(string purpose) => new Protector(inner.CreateProtector(purpose), keys);

    private sealed class Protector(IDataProtector inner, RefreshableKeys keys) : IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => new Protector(inner.CreateProtector(purpose), keys);

        public byte[] Protect(byte[] plaintext) => inner.Protect(plaintext);

        public byte[] Unprotect(byte[] protectedData)
        {
            try
            {
                return inner.Unprotect(protectedData);
            }
            catch (CryptographicException) when (SecretEnvelope.KeyOf(protectedData) is { } key && keys.RefreshFor(key))
            {
                return inner.Unprotect(protectedData);
            }
        }
    }
}
