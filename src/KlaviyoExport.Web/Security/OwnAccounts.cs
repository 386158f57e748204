using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>What a person may change of their own account: the display name and the password.</summary>
internal sealed class OwnAccounts(
    UserManager<AppUser> users,
    SignInManager<AppUser> signIn,
    AppDb db,
    Audit audit,
    IOptions<LocalAccountsOptions> local
)
{
    public async Task<bool> HasPasswordAsync(Actor actor) => local.Value.Enabled && await users.HasPasswordAsync(await FindAsync(actor));

    /// <exception cref="LocalizedException">The name is empty or too long.</exception>
    public async Task RenameAsync(Actor actor, string name)
    {
        name = name.Trim();
        if (name.Length is 0 or > 100)
            throw new LocalizedException(new LocalizedMessage("People.NameNeeded"));
        var user = await FindAsync(actor);
        user.DisplayName = name;
        audit.Add(db, actor, "People.Renamed", name);
        await users.UpdateAsync(user);
        await signIn.RefreshSignInAsync(user);
    }

    /// <summary>Ends every other session of the person; this one goes on.</summary>
    /// <returns>What is wrong with the new password.</returns>
    /// <exception cref="LocalizedException">The password until now is wrong, or was too often; or nobody has a password here.</exception>
    public async Task<IEnumerable<IdentityError>> ChangePasswordAsync(Actor actor, string current, string password)
    {
        if (!local.Value.Enabled)
            throw new LocalizedException(new LocalizedMessage("People.LocalAccountsOff"));
        var user = await FindAsync(actor);
        var known = await signIn.CheckPasswordSignInAsync(user, current, lockoutOnFailure: true);
        if (!known.Succeeded)
            throw new LocalizedException(new LocalizedMessage(known.IsLockedOut ? "People.LockedOut" : "People.PasswordWrong"));
        audit.Add(db, actor, "People.PasswordSet", user.DisplayName);
        var result = await users.ChangePasswordAsync(user, current, password);
        if (result.Succeeded)
            await signIn.RefreshSignInAsync(user);
        return result.Errors;
    }

    private async Task<AppUser> FindAsync(Actor actor) => await users.FindByIdAsync(actor.Id) ?? throw new SessionEndedException();
}
