using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Web.Hosting.Limits;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Checks the password and the code of a person, and slows down guessing. A wrong password and an unknown email address give the same
/// result in the same time, so that a caller cannot find out which accounts exist.
/// </summary>
internal sealed class Proofs(
    UserManager<AppUser> users,
    PersonStore store,
    IPasswordHasher<AppUser> hasher,
    SignInThrottle throttle,
    Audit audit,
    AppDb db,
    IHttpContextAccessor requests,
    TimeProvider clock
)
{
    // Otherwise many attempts at once would all be made before the first of them is counted.
    private static readonly KeyedLocks<string> Turns = new();

    private static string? _decoy;

    /// <summary>Checks the password of an account.</summary>
    /// <param name="email">The email address that was entered.</param>
    /// <param name="user">The account with this address. Null when there is none.</param>
    public Task<ProofResult> PasswordAsync(string email, AppUser? user, string password) =>
        CheckAsync(ProofKind.Password, email, user, async () => await HasPasswordAsync(user, password) ? SignInWay.Password : null);

    /// <summary>Checks a code of the authenticator app, or a recovery code. Each can be used once.</summary>
    public Task<ProofResult> CodeAsync(AppUser user, string code) =>
        CheckAsync(ProofKind.Code, user.Email!, user, () => WayOfAsync(user, code));

    /// <summary>
    /// Checks password and code together, also while the password alone is held because it was guessed too often. The result does not tell
    /// which of them was wrong.
    /// </summary>
    public Task<ProofResult> BothAsync(string email, AppUser? user, string password, string code) =>
        CheckAsync(
            ProofKind.Code,
            email,
            user,
            async () =>
                await HasPasswordAsync(user, password) && user!.TwoFactorEnabled && await WayOfAsync(user, code) is { } way ? way : null
        );

    /// <summary>Checks whether the password was guessed too often.</summary>
    public Task<bool> IsHeldAsync(string email) => throttle.IsHeldAsync(ProofKind.Password, email, From, Cancel);

    private string From => NetworkAddress.Of(requests.HttpContext?.Connection.RemoteIpAddress);

    private CancellationToken Cancel => requests.HttpContext?.RequestAborted ?? default;

    private async Task<ProofResult> CheckAsync(ProofKind kind, string email, AppUser? user, Func<Task<SignInWay?>> check)
    {
        using var turn = await Turns.EnterAsync(users.NormalizeEmail(email)!, Cancel);
        if (await throttle.IsHeldAsync(kind, email, From, Cancel))
            return ProofResult.Held;
        if (await check() is { } way)
        {
            // Who has the code as well is not the one who guesses.
            if (kind == ProofKind.Code)
                await throttle.ReleaseAsync(email, Cancel);
            else
                await throttle.SucceededAsync(kind, email, From, Cancel);
            return new ProofResult(way, IsHeld: false);
        }
        await throttle.FailedAsync(kind, email, From, Cancel);
        audit.Add(
            db,
            Actor.Anonymous with
            {
                From = RequestAddress.Of(requests.HttpContext),
            },
            kind == ProofKind.Password ? "People.PasswordFailed" : "People.CodeFailed",
            user?.DisplayName
        );
        await db.SaveChangesAsync(Cancel);
        return ProofResult.Wrong;
    }

    private async Task<bool> HasPasswordAsync(AppUser? user, string password)
    {
        if (user?.PasswordHash is not null)
            return await users.CheckPasswordAsync(user, password);
        var nobody = new AppUser();
        _decoy ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString());
        hasher.VerifyHashedPassword(nobody, _decoy, password);
        return false;
    }

    private async Task<SignInWay?> WayOfAsync(AppUser user, string code)
    {
        code = string.Concat(code.Where(char.IsAsciiLetterOrDigit));
        if (code.Length == 6 && code.All(char.IsAsciiDigit))
        {
            return
                await users.VerifyTwoFactorTokenAsync(user, users.Options.Tokens.AuthenticatorTokenProvider, code)
                && await store.UseCodeAsync(user, code, clock.GetUtcNow(), Cancel)
                ? SignInWay.Authenticator
                : null;
        }
        if (code.Length != 10)
            return null;
        var recovery = $"{code[..5]}-{code[5..]}".ToUpperInvariant();
        return (await users.RedeemTwoFactorRecoveryCodeAsync(user, recovery)).Succeeded ? SignInWay.RecoveryCode : null;
    }
}

/// <summary>The result of a check.</summary>
/// <param name="Way">What the person has proved. Null when it was wrong or not checked.</param>
/// <param name="IsHeld">Whether it was not checked, because there were too many wrong attempts.</param>
internal sealed record ProofResult(SignInWay? Way, bool IsHeld)
{
    public static ProofResult Wrong { get; } = new(null, IsHeld: false);

    public static ProofResult Held { get; } = new(null, IsHeld: true);

    /// <exception cref="LocalizedException">The check has failed. The message says why.</exception>
    public SignInWay Demand(string wrong) => Way ?? throw new LocalizedException(new LocalizedMessage(IsHeld ? "People.LockedOut" : wrong));
}
