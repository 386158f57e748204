using System.Security.Cryptography;
using KlaviyoExport.Data;
using KlaviyoExport.Secrets;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Sources;

/// <summary>
/// The passwords of sources: decrypted from the store, or read from the place where they are kept. They are passed only to the driver.
/// </summary>
internal sealed class SourcePasswords(SecretProtector secrets, SecretReader elsewhere)
{
    public byte[] Protect(string password) => secrets.ProtectCredential(password);

    /// <summary>Returns where the password of a draft is kept. Null when it is entered or stored.</summary>
    /// <exception cref="SourceException">The place has no name, or this installation may not read it.</exception>
    public SecretPlace? PlaceOf(SourceDraft draft)
    {
        if (draft.PasswordIn is not { } kind || !draft.HasPassword)
            return null;
        try
        {
            return elsewhere.Check(kind, draft.PasswordName, SecretUse.SourcePassword);
        }
        catch (SecretException fault)
        {
            throw new SourceException(fault.LocalizedMessage);
        }
    }

    /// <summary>
    /// Opens a source with its password. When this fails for a reason that is not temporary, and the password has been replaced where it
    /// is kept, the source is opened once more with the new one.
    /// </summary>
    /// <param name="source">The stored source.</param>
    /// <param name="open">Opens the source with a password, which is empty when the source needs none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">The password cannot be read, or the source cannot be opened.</exception>
    public async Task<T> UseAsync<T>(Source source, Func<string, Task<T>> open, CancellationToken cancellationToken)
    {
        if (source.PasswordFrom is not { } place)
            return await open(source.Password is null ? "" : Reveal(source));
        var password = await ReadAsync(place, refused: null, cancellationToken);
        try
        {
            return await open(password);
        }
        catch (SourceException refused) when (!refused.Fault.IsTransient)
        {
            var present = await ReadAsync(place, refused: password, cancellationToken);
            if (present == password)
                throw;
            return await open(present);
        }
    }

    /// <summary>
    /// Returns the password or secret of a draft: from its place, the entered one, or the stored one, which is used only for the server or
    /// store it was entered for. Empty when none is needed.
    /// </summary>
    /// <exception cref="SourceException">The password cannot be read, or must be entered, or entered again.</exception>
    public async Task<string> OfAsync(
        SourceDraft draft,
        SourceServer? server,
        RemoteFiles? files,
        Source? kept,
        CancellationToken cancellationToken
    )
    {
        if (!draft.HasPassword)
            return "";
        if (PlaceOf(draft) is { } place)
            return await ReadAgainAsync(place, cancellationToken);
        if (!string.IsNullOrEmpty(draft.Password))
            return files?.SignIn == RemoteSignIn.PrivateKey ? RemoteSecret.Join(draft.Password, draft.Passphrase) : draft.Password;
        if (kept?.Password is null)
            throw new SourceException(new LocalizedMessage(files is null ? "Sources.PasswordNeeded" : "Sources.SecretNeeded"));
        if (kept.Kind != draft.Kind || !(IsFor(server, kept.Server) || IsFor(files, kept.Remote)))
            throw new SourceException(new LocalizedMessage(files is null ? "Sources.PasswordAgain" : "Sources.SecretAgain"));
        return Reveal(kept);
    }

    private static bool IsFor(SourceServer? server, SourceServer? kept) => kept is not null && server?.TakesPasswordOf(kept) == true;

    private static bool IsFor(RemoteFiles? files, RemoteFiles? kept) => kept is not null && files?.TakesSecretOf(kept) == true;

    private Task<string> ReadAsync(SecretPlace place, string? refused, CancellationToken cancellationToken) =>
        GuardAsync(() => elsewhere.ReadAsync(place, SecretUse.SourcePassword, refused, cancellationToken));

    private Task<string> ReadAgainAsync(SecretPlace place, CancellationToken cancellationToken) =>
        GuardAsync(() => elsewhere.ReadAgainAsync(place, SecretUse.SourcePassword, cancellationToken));

    private static async Task<string> GuardAsync(Func<Task<string>> read)
    {
        try
        {
            return await read();
        }
        catch (SecretException fault)
        {
            throw new SourceException(fault.LocalizedMessage);
        }
        catch (SecretUnavailableException outage)
        {
            throw new SourceException(new SourceFault(SourceFaultKind.SecretUnavailable, outage.LocalizedMessage));
        }
    }

    /// <exception cref="SourceException">The encryption keys are missing.</exception>
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
