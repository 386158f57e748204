using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>
/// Which account a person of the provider has here. The provider's subject decides; the address is looked at once, at the first sign-in, and only
/// when it is verified: otherwise whoever can type an administrator's address at the provider would become that administrator.
/// </summary>
internal sealed class ProviderAccounts(UserManager<AppUser> users, AppDb db, Audit audit, IOptions<OpenIdConnectOptions> options)
{
    /// <exception cref="NoticeException">There is none for this person; the notice says whom to ask.</exception>
    public async Task<AppUser> FindOrLinkAsync(ProvenPerson person)
    {
        if (await users.FindByLoginAsync(person.Issuer, person.Subject) is { } known)
            return known;
        if (person.Email is null || !(person.EmailVerified ?? options.Value.TrustEmails))
            throw new NoticeException(new Notice("People.EmailUnverified"));
        var user = await users.FindByEmailAsync(person.Email);
        if (user is null)
            return options.Value.CreateViewers ? await CreateAsync(person) : throw new NoticeException(new Notice("People.Unknown"));
        // An address that went from one employee to the next must not take the account along.
        if ((await users.GetLoginsAsync(user)).Any(login => login.LoginProvider == person.Issuer))
            throw new NoticeException(new Notice("People.LinkedToAnother"));
        await LinkAsync(user, person, isNew: false);
        return user;
    }

    public async Task<bool> IsAsync(string userId, ProvenPerson person) => (await users.FindByLoginAsync(person.Issuer, person.Subject))?.Id == userId;

    private async Task<AppUser> CreateAsync(ProvenPerson person)
    {
        var name = person.Name ?? person.Email!.Split('@')[0];
        var user = new AppUser { UserName = person.Email, Email = person.Email, EmailConfirmed = true, DisplayName = name[..Math.Min(name.Length, 100)], Role = Role.Viewer };
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!(await users.CreateAsync(user)).Succeeded)
            throw new NoticeException(new Notice("People.Unknown"));
        await LinkAsync(user, person, isNew: true);
        await transaction.CommitAsync();
        return user;
    }

    private async Task LinkAsync(AppUser user, ProvenPerson person, bool isNew)
    {
        // Saved by the identity store together with the link: it works on this context.
        audit.Add(db, new Actor(user.Id, user.DisplayName, user.Role), isNew ? "People.CreatedAtSignIn" : "People.Linked", user.DisplayName);
        var linked = await users.AddLoginAsync(user, new UserLoginInfo(person.Issuer, person.Subject, options.Value.DisplayName));
        if (!linked.Succeeded)
            throw new NoticeException(new Notice("People.LinkedToAnother"));
    }
}
