using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>Checks passkeys (WebAuthn), and signs people in with them. Neither a password nor a lock after wrong passwords matters then.</summary>
internal sealed class PasskeySignIn(
    SessionSignIn signIn,
    UserManager<AppUser> users,
    SignInThrottle throttle,
    Audit audit,
    AppDb db,
    IHttpContextAccessor requests,
    IOptions<LocalAccountsOptions> local
)
{
    /// <returns>The options for <c>navigator.credentials.get</c>, as JSON. The browser lets the person choose among their passkeys.</returns>
    public Task<string> OptionsAsync() => signIn.MakePasskeyRequestOptionsAsync(user: null);

    /// <summary>Signs the person in.</summary>
    /// <param name="credential">The answer of <c>navigator.credentials.get</c>, as JSON.</param>
    /// <returns>False when the passkey is unknown or the answer is not valid.</returns>
    public async Task<bool> SignInAsync(string? credential)
    {
        if (await CheckAsync(credential) is not { } user)
        {
            audit.Add(db, Actor.Anonymous with { From = RequestAddress.Of(requests.HttpContext) }, "People.PasskeyFailed");
            await db.SaveChangesAsync(Cancel);
            return false;
        }
        await throttle.ReleaseAsync(user.Email!, Cancel);
        await signIn.BeginAsync(user, SignInWay.Passkey);
        return true;
    }

    /// <summary>Returns whether the answer proves that a passkey of the person was used just now.</summary>
    public async Task<bool> IsOfAsync(string userId, string? credential) => (await CheckAsync(credential))?.Id == userId;

    /// <summary>Checks the answer of a browser that has made a passkey for the person.</summary>
    /// <returns>The passkey, which is not stored yet. Null when the answer is not valid or belongs to another person.</returns>
    public async Task<UserPasskeyInfo?> MadeAsync(string userId, string? credential)
    {
        if (string.IsNullOrEmpty(credential))
            return null;
        try
        {
            var result = await signIn.PerformPasskeyAttestationAsync(credential);
            return result.Succeeded && result.UserEntity.Id == userId ? result.Passkey : null;
        }
        catch (Exception fault) when (fault is InvalidOperationException or JsonException)
        {
            return null;
        }
    }

    private CancellationToken Cancel => requests.HttpContext?.RequestAborted ?? default;

    private async Task<AppUser?> CheckAsync(string? credential)
    {
        if (!local.Value.Enabled || string.IsNullOrEmpty(credential))
            return null;
        try
        {
            var result = await signIn.PerformPasskeyAssertionAsync(credential);
            return result.Succeeded && (await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey)).Succeeded ? result.User : null;
        }
        catch (Exception fault) when (fault is InvalidOperationException or JsonException)
        {
            // The options that the answer belongs to have expired, or it is not an answer at all.
            return null;
        }
    }
}
