using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace KlaviyoExport.Sources.Remote;

/// <summary>
/// The secret of a store as one text. For a private key, its passphrase may stand in the lines above it, where the format allows any text.
/// </summary>
internal static class RemoteSecret
{
    private static readonly string[] Starts = ["-----BEGIN ", "PuTTY-User-Key-File-"];

    /// <summary>Joins a private key and its passphrase.</summary>
    public static string Join(string key, string? passphrase) => string.IsNullOrEmpty(passphrase) ? key : $"{passphrase}\n{key}";

    /// <summary>Reads a private key in the format of OpenSSH, PEM or PuTTY.</summary>
    /// <exception cref="SourceException">It is not a private key, or the passphrase is missing or wrong.</exception>
    public static PrivateKeyFile KeyOf(string secret)
    {
        var start = Starts
            .Select(known => secret.IndexOf(known, StringComparison.Ordinal))
            .Where(found => found >= 0)
            .DefaultIfEmpty(-1)
            .Min();
        if (start < 0)
            throw new SourceException(new LocalizedMessage("Sources.PrivateKeyInvalid"));
        var passphrase = secret[..start].Trim('\r', '\n');
        using var key = new MemoryStream(Encoding.UTF8.GetBytes(secret[start..]));
        try
        {
            return passphrase.Length == 0 ? new PrivateKeyFile(key) : new PrivateKeyFile(key, passphrase);
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            throw new SourceException(new LocalizedMessage("Sources.PassphraseNeeded"));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The library has no exception of its own for a wrong passphrase: what it decrypts is not a key.
            throw new SourceException(
                new LocalizedMessage(passphrase.Length == 0 ? "Sources.PrivateKeyInvalid" : "Sources.PassphraseWrong")
            );
        }
    }
}
