using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Signs a person in with email address and password. A wrong password and an unknown address give the same result in the same time, so
/// that a caller cannot find out which accounts exist.
/// </summary>
internal sealed class PasswordSignIn(
    SignInManager<AppUser> signIn,
    UserManager<AppUser> users,
    IPasswordHasher<AppUser> hasher,
    IOptions<LocalAccountsOptions> local
)
{
    // Two correct sign-ins of one person at the same time would both set the count of wrong passwords back. Identity answers the one that
    // comes second as if its password were wrong.
    private static readonly KeyedLocks<string> Turns = new();

    private static string? _decoy;

    public async Task<SignInResult> SignInAsync(string email, string password)
    {
        if (!local.Value.Enabled)
            return SignInResult.NotAllowed;
        using var turn = await Turns.EnterAsync(users.NormalizeEmail(email), CancellationToken.None);
        if (await users.FindByEmailAsync(email) is { } user)
            return await signIn.PasswordSignInAsync(user, password, isPersistent: false, lockoutOnFailure: true);
        var nobody = new AppUser();
        _decoy ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString());
        hasher.VerifyHashedPassword(nobody, _decoy, password);
        return SignInResult.Failed;
    }
}
