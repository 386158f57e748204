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
    private static string? _decoy;

    public async Task<SignInResult> SignInAsync(string email, string password)
    {
        if (!local.Value.Enabled)
            return SignInResult.NotAllowed;
        if (await users.FindByEmailAsync(email) is { } user)
            return await signIn.PasswordSignInAsync(user, password, isPersistent: false, lockoutOnFailure: true);
        var nobody = new AppUser();
        _decoy ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString());
        hasher.VerifyHashedPassword(nobody, _decoy, password);
        return SignInResult.Failed;
    }
}
