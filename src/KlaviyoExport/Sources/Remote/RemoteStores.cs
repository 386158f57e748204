using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Opens stores of files. The secret is decrypted here and passed only to the client of the store.</summary>
internal sealed class RemoteStores(SecretProtector secrets, IOptions<SourceOptions> options)
{
    /// <exception cref="SourceException">The store cannot be used. The message says why.</exception>
    public RemoteStore Open(Source source) =>
        Open(source.Kind, source.Remote!, source.Remote!.NeedsSecret ? Reveal(source) : null, source.Name);

    /// <param name="kind">The kind of store.</param>
    /// <param name="files">The store.</param>
    /// <param name="secret">The secret, not encrypted. Null for the identity of the machine.</param>
    /// <param name="name">The name of the source in messages.</param>
    /// <exception cref="SourceException">The store cannot be used. The message says why.</exception>
    public RemoteStore Open(SourceKind kind, RemoteFiles files, string? secret, string name)
    {
        if (!files.NeedsSecret && !options.Value.Remote.AllowMachineIdentity)
            throw new SourceException(new LocalizedMessage("Sources.MachineIdentityNotAllowed"));
        var patience = options.Value.Remote.Patience;
        return kind switch
        {
            SourceKind.S3 => new S3Store(files, secret, name, patience),
            SourceKind.AzureBlob => new AzureStore(files, secret, name, patience),
            _ => new SftpStore(files, secret!, name, patience),
        };
    }

    public byte[]? Protect(string? secret) => secret is null ? null : secrets.ProtectCredential(secret);

    /// <summary>
    /// Returns the secret of a draft: the entered one, or the stored one, which is used only for the store it was entered for.
    /// </summary>
    /// <returns>Null when none is needed.</returns>
    /// <exception cref="SourceException">The secret must be entered, or entered again.</exception>
    public string? SecretOf(SourceDraft draft, RemoteFiles files, Source? kept)
    {
        if (!files.NeedsSecret)
            return null;
        if (!string.IsNullOrEmpty(draft.Password))
            return files.SignIn == RemoteSignIn.PrivateKey ? RemoteSecret.Join(draft.Password, draft.Passphrase) : draft.Password;
        if (kept is not { Remote: { } known, Password: not null })
            throw new SourceException(new LocalizedMessage("Sources.SecretNeeded"));
        if (kept.Kind != draft.Kind || !files.TakesSecretOf(known))
            throw new SourceException(new LocalizedMessage("Sources.SecretAgain"));
        return Reveal(kept);
    }

    private string Reveal(Source source)
    {
        try
        {
            return secrets.UnprotectCredential(source.Password!);
        }
        catch (CryptographicException)
        {
            throw new SourceException(new LocalizedMessage("Sources.PasswordLost", source.Name));
        }
    }
}
