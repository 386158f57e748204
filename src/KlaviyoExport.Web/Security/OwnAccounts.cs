using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>Changes the display name and the password of the signed-in person's own account.</summary>
internal sealed class OwnAccounts(
    UserManager<AppUser> users,
    SessionSignIn signIn,
    Proofs proofs,
    AppDb db,
    Audit audit,
    AccountMails mails,
    IOptions<LocalAccountsOptions> local
)
{
    public async Task<bool> HasPasswordAsync(Actor actor) => local.Value.Enabled && await users.HasPasswordAsync(await FindAsync(actor));

    /// <summary>Changes the display name, in the account and in the session.</summary>
    /// <exception cref="LocalizedException">The name is empty or has more than 100 characters.</exception>
    public async Task RenameAsync(Actor actor, string name)
    {
        name = name.Trim();
        if (name.Length is 0 or > 100)
            throw new LocalizedException(new LocalizedMessage("People.NameNeeded"));
        var user = await FindAsync(actor);
        audit.Add(db, actor, "People.Renamed", name, detail: new AuditChanges().Add("Name", user.DisplayName, name).ToMessage());
        user.DisplayName = name;
        await users.UpdateAsync(user);
        await signIn.RefreshSignInAsync(user);
    }

    /// <summary>Changes the password and ends all other sessions of the person. This session continues.</summary>
    /// <returns>The faults of the new password. Empty when the password was changed.</returns>
    /// <exception cref="LocalizedException">
    /// The current password is wrong, there were too many wrong passwords, or local accounts are turned off.
    /// </exception>
    public async Task<IEnumerable<IdentityError>> ChangePasswordAsync(Actor actor, string current, string password)
    {
        if (!local.Value.Enabled)
            throw new LocalizedException(new LocalizedMessage("People.LocalAccountsOff"));
        var user = await FindAsync(actor);
        (await proofs.PasswordAsync(user.Email!, user, current)).Demand("People.PasswordWrong");
        audit.Add(db, actor, "People.PasswordSet", user.DisplayName);
        mails.Add(db, user.Id, OutboxLetter.PasswordChanged);
        var result = await users.ChangePasswordAsync(user, current, password);
        if (result.Succeeded)
            await signIn.RefreshSignInAsync(user);
        return result.Errors;
    }

    private async Task<AppUser> FindAsync(Actor actor) => await users.FindByIdAsync(actor.Id) ?? throw new SessionEndedException();
}
