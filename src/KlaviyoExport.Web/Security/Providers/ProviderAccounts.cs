using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Finds or creates the account of a person who signed in at an identity provider, and sets its role. The account is found by the
/// provider's subject. The email address is used only at the first sign-in, and only when it is verified: otherwise a person who can enter
/// an administrator's address at the provider would become that administrator.
/// </summary>
internal sealed class ProviderAccounts(
    UserManager<AppUser> users,
    AppDb db,
    PeopleService people,
    Audit audit,
    IHttpContextAccessor requests,
    IOptions<RoleMapping> roles
)
{
    /// <summary>The maximum number of administrators named in the message to a person without a role.</summary>
    private const int Named = 5;

    /// <exception cref="NoRoleException">
    /// Roles come from the provider, and it gives this person none. An existing account of the person becomes a viewer.
    /// </exception>
    /// <exception cref="LocalizedException">There is no account for this person. The message says whom to ask.</exception>
    public async Task<AppUser> FindOrLinkAsync(AuthenticatedPerson person, SignInProvider provider, CancellationToken cancellationToken)
    {
        var known = await users.FindByLoginAsync(person.Issuer, person.Subject);
        var role = roles.Value.IsConfigured ? roles.Value.Of(person.Groups) : null;
        if (roles.Value.IsConfigured && role is null)
        {
            if (known is not null)
                await people.FollowProviderAsync(known.Id, Role.Viewer, cancellationToken);
            throw new NoRoleException(await NoRoleAsync(provider, cancellationToken));
        }
        var user = known ?? await LinkAsync(person, provider, role);
        if (role is { } given && given != user.Role)
        {
            await people.FollowProviderAsync(user.Id, given, cancellationToken);
            await db.Entry(user).ReloadAsync(cancellationToken);
        }
        return user;
    }

    public async Task<bool> IsAsync(string userId, AuthenticatedPerson person) =>
        (await users.FindByLoginAsync(person.Issuer, person.Subject))?.Id == userId;

    private async Task<AppUser> LinkAsync(AuthenticatedPerson person, SignInProvider provider, Role? role)
    {
        if (person.Email is null || !(person.EmailVerified ?? provider.Section.TrustEmails))
            throw new LocalizedException(new LocalizedMessage("People.EmailUnverified"));
        var user = await users.FindByEmailAsync(person.Email);
        if (user is null)
        {
            return role is not null || provider.Section.CreateViewers
                ? await CreateAsync(person, provider, role ?? Role.Viewer)
                : throw new LocalizedException(new LocalizedMessage("People.Unknown"));
        }
        // An email address can pass from one employee to another. The account must not pass with it.
        if ((await users.GetLoginsAsync(user)).Any(login => login.LoginProvider == person.Issuer))
            throw new LocalizedException(new LocalizedMessage("People.LinkedToAnother"));
        await LinkAsync(user, person, provider, isNew: false);
        return user;
    }

    private async Task<AppUser> CreateAsync(AuthenticatedPerson person, SignInProvider provider, Role role)
    {
        var name = person.Name ?? person.Email!.Split('@')[0];
        var user = new AppUser
        {
            UserName = person.Email,
            Email = person.Email,
            EmailConfirmed = true,
            DisplayName = name[..Math.Min(name.Length, 100)],
            Role = role,
        };
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!(await users.CreateAsync(user)).Succeeded)
            throw new LocalizedException(new LocalizedMessage("People.Unknown"));
        await LinkAsync(user, person, provider, isNew: true);
        await transaction.CommitAsync();
        return user;
    }

    private async Task LinkAsync(AppUser user, AuthenticatedPerson person, SignInProvider provider, bool isNew)
    {
        // The identity store uses the same context, so it saves the audit entry together with the link.
        audit.Add(
            db,
            new Actor(user.Id, user.DisplayName, user.Role) { From = RequestAddress.Of(requests.HttpContext) },
            isNew ? "People.CreatedAtSignIn" : "People.Linked",
            user.DisplayName,
            detail: isNew ? user.Role.ToMessage() : null
        );
        var linked = await users.AddLoginAsync(user, new UserLoginInfo(person.Issuer, person.Subject, provider.DisplayName));
        if (!linked.Succeeded)
            throw new LocalizedException(new LocalizedMessage("People.LinkedToAnother"));
    }

    /// <summary>Builds the message without email addresses: its reader is known to the provider but has no rights here.</summary>
    private async Task<LocalizedMessage> NoRoleAsync(SignInProvider provider, CancellationToken cancellationToken)
    {
        var administrators = await db.Set<AppUser>()
            .Administrators()
            .OrderBy(user => user.DisplayName)
            .Select(user => user.DisplayName)
            .Take(Named)
            .ToListAsync(cancellationToken);
        return administrators.Count == 0
            ? new LocalizedMessage("People.NoRoleNobody", provider.DisplayName)
            : new LocalizedMessage("People.NoRole", provider.DisplayName, string.Join(", ", administrators));
    }
}
