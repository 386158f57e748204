using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// The authenticator app, the recovery codes and the passkeys of a person. They are changed only in a session whose person has proved within
/// the last fifteen minutes who they are: who finds an unattended screen can add nothing. Every change ends the person's other sessions.
/// </summary>
internal sealed class SignInMethods(
    UserManager<AppUser> users,
    SessionSignIn signIn,
    PersonStore store,
    Sessions sessions,
    Proofs proofs,
    PasskeySignIn passkeys,
    CurrentActor current,
    IHttpContextAccessor requests,
    AppDb db,
    Audit audit,
    AccountMails mails,
    IOptions<LocalAccountsOptions> local,
    TimeProvider clock
)
{
    /// <summary>How long a proof is enough.</summary>
    public static readonly TimeSpan ProofLifetime = TimeSpan.FromMinutes(15);

    /// <summary>The most passkeys of a person.</summary>
    public const int MostPasskeys = 20;

    /// <summary>The number of recovery codes that are made at a time.</summary>
    private const int RecoveryCodes = 10;

    private const string Issuer = "Klaviyo Export";

    /// <returns>How the person can sign in, and the email address of the account.</returns>
    public async Task<(SignInMethodsView View, string Email)> GetAsync()
    {
        var session = await SessionAsync();
        var user = await FindAsync(session);
        var view = new SignInMethodsView(
            local.Value.Enabled && await users.HasPasswordAsync(user),
            user.TwoFactorEnabled,
            user.TwoFactorEnabled ? null : await KeyAsync(user),
            user.TwoFactorEnabled ? await users.CountRecoveryCodesAsync(user) : 0,
            [
                .. (await users.GetPasskeysAsync(user))
                    .OrderBy(passkey => passkey.CreatedAt)
                    .Select(passkey => new PasskeyRow(Convert.ToHexStringLower(passkey.CredentialId), passkey.Name, passkey.CreatedAt)),
            ],
            IsProven(session),
            session.LacksSecondFactor
        );
        return (view, user.Email!);
    }

    /// <summary>Proves with the password, and a code where the person has an app, who they are.</summary>
    /// <exception cref="LocalizedException">One of them is wrong, or there were too many wrong attempts.</exception>
    public async Task ProveAsync(string password, string? code)
    {
        var session = await SessionAsync();
        var user = await FindAsync(session);
        if (!local.Value.Enabled || !await users.HasPasswordAsync(user))
            throw new LocalizedException(new LocalizedMessage("People.NoPassword"));
        var way = (await proofs.PasswordAsync(user.Email!, user, password)).Demand("People.PasswordWrong");
        if (user.TwoFactorEnabled)
            way = (await proofs.CodeAsync(user, code ?? "")).Demand("People.CodeWrong");
        // The password alone does not make weaker a session that began in a stronger way.
        await sessions.ProvenAsync(session.Id, way == SignInWay.Password ? session.Way : way, CancellationToken.None);
    }

    /// <summary>Proves with a passkey who the person is.</summary>
    /// <exception cref="LocalizedException">The answer of the browser does not prove it.</exception>
    public async Task ProveByPasskeyAsync(string? credential)
    {
        var session = await SessionAsync();
        if (!await passkeys.IsOfAsync(session.Actor.Id, credential))
            throw new LocalizedException(new LocalizedMessage("People.PasskeyWrong"));
        await sessions.ProvenAsync(session.Id, SignInWay.Passkey, CancellationToken.None);
    }

    /// <summary>Makes a key for an authenticator app. It is not asked for before a code of the app was entered.</summary>
    /// <exception cref="LocalizedException">The person has an app already, or has to prove again who they are.</exception>
    public async Task BeginAppAsync()
    {
        var (user, _) = await DemandAsync();
        if (user.TwoFactorEnabled)
            throw new LocalizedException(new LocalizedMessage("People.AppKnown"));
        await users.ResetAuthenticatorKeyAsync(user);
        await signIn.RefreshSignInAsync(user);
    }

    /// <summary>Turns the app on with its first code.</summary>
    /// <returns>The recovery codes. They cannot be shown again.</returns>
    /// <exception cref="LocalizedException">The code is wrong, or the person has to prove again who they are.</exception>
    public async Task<IReadOnlyList<string>> ConfirmAppAsync(string code)
    {
        var (user, session) = await DemandAsync();
        if (user.TwoFactorEnabled || await KeyAsync(user) is null)
            throw new LocalizedException(new LocalizedMessage("People.AppKnown"));
        var way = (await proofs.CodeAsync(user, code)).Demand("People.CodeWrong");
        Record(session, user, OutboxLetter.AppAdded);
        await users.SetTwoFactorEnabledAsync(user, true);
        var codes = await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodes);
        await EndOthersAsync(user, session, way);
        return [.. codes!];
    }

    /// <exception cref="LocalizedException">The person has to prove again who they are.</exception>
    public async Task RemoveAppAsync()
    {
        var (user, session) = await DemandAsync();
        if (!user.TwoFactorEnabled && await KeyAsync(user) is null)
            return;
        if (user.TwoFactorEnabled)
            Record(session, user, OutboxLetter.AppRemoved);
        await store.RemoveSecondFactorAsync(user, CancellationToken.None);
        await users.SetTwoFactorEnabledAsync(user, false);
        await EndOthersAsync(user, session, session.Way);
    }

    /// <summary>Makes new recovery codes. The earlier ones are no longer valid.</summary>
    /// <exception cref="LocalizedException">The person has no app, or has to prove again who they are.</exception>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync()
    {
        var (user, session) = await DemandAsync();
        if (!user.TwoFactorEnabled)
            throw new LocalizedException(new LocalizedMessage("People.NoApp"));
        Record(session, user, OutboxLetter.RecoveryCodesMade);
        return [.. (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodes))!];
    }

    /// <returns>The options for <c>navigator.credentials.create</c>, as JSON.</returns>
    /// <exception cref="LocalizedException">The person has to prove again who they are, or has too many passkeys.</exception>
    public async Task<string> PasskeyOptionsAsync()
    {
        var (user, _) = await DemandAsync();
        if ((await users.GetPasskeysAsync(user)).Count >= MostPasskeys)
            throw new LocalizedException(new LocalizedMessage("People.TooManyPasskeys", MostPasskeys));
        return await signIn.MakePasskeyCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = user.Id,
                Name = user.Email!,
                DisplayName = user.DisplayName,
            }
        );
    }

    /// <summary>Adds the passkey that the browser has made.</summary>
    /// <param name="credential">The answer of <c>navigator.credentials.create</c>, as JSON.</param>
    /// <param name="name">The name by which the person knows it, at most 60 characters.</param>
    /// <exception cref="LocalizedException">The answer is not valid, or the person has to prove again who they are.</exception>
    public async Task AddPasskeyAsync(string? credential, string name)
    {
        var (user, session) = await DemandAsync();
        name = name.Trim();
        if (name.Length is 0 or > 60)
            throw new LocalizedException(new LocalizedMessage("People.PasskeyNameNeeded"));
        if (await passkeys.MadeAsync(user.Id, credential) is not { } passkey)
            throw new LocalizedException(new LocalizedMessage("People.PasskeyNotMade"));
        passkey.Name = name;
        Record(session, user, OutboxLetter.PasskeyAdded, name);
        await users.AddOrUpdatePasskeyAsync(user, passkey);
        await users.UpdateSecurityStampAsync(user);
        await EndOthersAsync(user, session, SignInWay.Passkey);
    }

    /// <param name="id">See <see cref="PasskeyRow.Id"/>. An unknown one is ignored.</param>
    /// <exception cref="LocalizedException">The person has to prove again who they are.</exception>
    public async Task RemovePasskeyAsync(string id)
    {
        var (user, session) = await DemandAsync();
        var passkey = (await users.GetPasskeysAsync(user)).FirstOrDefault(passkey => Convert.ToHexStringLower(passkey.CredentialId) == id);
        if (passkey is null)
            return;
        Record(session, user, OutboxLetter.PasskeyRemoved, passkey.Name ?? "");
        await users.RemovePasskeyAsync(user, passkey.CredentialId);
        await users.UpdateSecurityStampAsync(user);
        await EndOthersAsync(user, session, session.Way);
    }

    /// <summary>What an authenticator app reads from a QR code.</summary>
    /// <param name="key">See <see cref="SignInMethodsView.PendingKey"/>.</param>
    public static string AddressOf(string email, string key) =>
        $"otpauth://totp/{Uri.EscapeDataString(Issuer)}:{Uri.EscapeDataString(email)}?secret={key}&issuer={Uri.EscapeDataString(Issuer)}";

    /// <summary>Adds what is stored together with the change: its entry in the audit, and the mail about it.</summary>
    /// <param name="passkey">The name of the passkey that is changed.</param>
    private void Record(CurrentSession session, AppUser user, OutboxLetter change, string? passkey = null)
    {
        audit.Add(
            db,
            session.Actor,
            $"People.{change}",
            user.DisplayName,
            detail: passkey is null ? null : new LocalizedMessage("People.Named", passkey)
        );
        mails.Add(db, user.Id, change);
    }

    /// <summary>The change has given the person a new security stamp, which ends the other sessions.</summary>
    private async Task EndOthersAsync(AppUser user, CurrentSession session, SignInWay way)
    {
        await signIn.RefreshSignInAsync(user);
        if (way != session.Way)
            await sessions.ProvenAsync(session.Id, way, CancellationToken.None);
    }

    private bool IsProven(CurrentSession session) => session.ProvenAt > clock.GetUtcNow() - ProofLifetime;

    private async Task<(AppUser User, CurrentSession Session)> DemandAsync()
    {
        if (!local.Value.Enabled)
            throw new LocalizedException(new LocalizedMessage("People.LocalAccountsOff"));
        var session = await SessionAsync();
        if (!IsProven(session))
            throw new LocalizedException(new LocalizedMessage("People.ProveAgain"));
        var user = await FindAsync(session);
        // Otherwise who has only stolen the password could add an app of their own.
        if (session.LacksSecondFactor && (await users.GetPasskeysAsync(user)).Count > 0)
            throw new LocalizedException(new LocalizedMessage("People.UsePasskey"));
        return (user, session);
    }

    // Of the request, because the endpoint of the options is no page.
    private Task<CurrentSession> SessionAsync() => current.SessionOfAsync(requests.HttpContext!.User, requests.HttpContext.RequestAborted);

    private async Task<AppUser> FindAsync(CurrentSession session) =>
        await users.FindByIdAsync(session.Actor.Id) ?? throw new SessionEndedException();

    private async Task<string?> KeyAsync(AppUser user) => await users.GetAuthenticatorKeyAsync(user);
}

/// <summary>How a person can sign in.</summary>
/// <param name="PendingKey">The key of an app that is being set up, until its first code. A secret. Null when there is none.</param>
/// <param name="RecoveryCodes">The number of recovery codes that were not used yet.</param>
/// <param name="IsProven">Whether the person has proved recently enough who they are to change something.</param>
/// <param name="LacksSecondFactor">Whether the role needs a second factor that this session does not have.</param>
public sealed record SignInMethodsView(
    bool HasPassword,
    bool HasApp,
    string? PendingKey,
    int RecoveryCodes,
    IReadOnlyList<PasskeyRow> Passkeys,
    bool IsProven,
    bool LacksSecondFactor
)
{
    /// <summary>Whether the person has to prove again who they are before something can be changed.</summary>
    public bool MustProve => !IsProven || (LacksSecondFactor && Passkeys.Count > 0);
}

/// <summary>A passkey in the list of its person.</summary>
/// <param name="Id">The id of the credential, in hexadecimal digits.</param>
public sealed record PasskeyRow(string Id, string? Name, DateTimeOffset CreatedAt);
