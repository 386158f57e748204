using System.ComponentModel.DataAnnotations;
using KlaviyoExport.Data;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.People;

/// <summary>
/// Manages people and their roles. A change of role ends all sessions of the person. At least one administrator who can sign in always
/// remains.
/// </summary>
public sealed class PeopleService(
    IDbContextFactory<AppDb> stores,
    IEnumerable<FollowPersonRemoved> followers,
    Audit audit,
    IOptions<LocalAccountsOptions> local
)
{
    private const int NameLength = 100;
    private const int EmailLength = 256;
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>Returns all people, ordered by name. Only people who may manage people may call this.</summary>
    public async Task<IReadOnlyList<Person>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await Rows(db, db.Set<AppUser>().OrderBy(user => user.DisplayName).ThenBy(user => user.Email))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Returns one person. Only people who may manage people may call this.</summary>
    /// <exception cref="LocalizedException">The person does not exist.</exception>
    public async Task<Person> GetAsync(Actor actor, string id, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await Rows(db, db.Set<AppUser>().Where(user => user.Id == id)).SingleOrDefaultAsync(cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("People.Gone"));
    }

    /// <summary>
    /// Adds a person. They can sign in when they have set a password with a link or have signed in with the identity provider.
    /// </summary>
    /// <returns>The id of the new person.</returns>
    /// <exception cref="LocalizedException">The name or the email address is invalid, or another person has the address.</exception>
    public async Task<string> AddAsync(Actor actor, NewPerson person, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        var (name, email) = (NameOf(person.Name), person.Email.Trim());
        if (
            email.Length > EmailLength
            || email.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter))
            || !new EmailAddressAttribute().IsValid(email)
        )
            throw new LocalizedException(new LocalizedMessage("People.EmailNeeded"));
        var user = new AppUser
        {
            UserName = email,
            NormalizedUserName = Normalizer.NormalizeName(email),
            Email = email,
            NormalizedEmail = Normalizer.NormalizeEmail(email),
            DisplayName = name,
            Role = person.Role,
            LockoutEnabled = true,
        };
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (
            await db.Set<AppUser>()
                .AnyAsync(
                    other => other.NormalizedEmail == user.NormalizedEmail || other.NormalizedUserName == user.NormalizedUserName,
                    cancellationToken
                )
        )
            throw new LocalizedException(new LocalizedMessage("People.EmailTaken"));
        db.Set<AppUser>().Add(user);
        audit.Add(db, actor, "People.Added", name, detail: person.Role.ToMessage());
        await db.SaveAsync(cancellationToken);
        return user.Id;
    }

    /// <summary>Adds a service account: an account for a program, which uses the HTTP API with tokens.</summary>
    /// <returns>The id of the new account.</returns>
    /// <exception cref="LocalizedException">The name is empty or has more than 100 characters.</exception>
    public async Task<string> AddServiceAccountAsync(Actor actor, string name, Role role, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        var account = new AppUser
        {
            DisplayName = NameOf(name),
            Role = role,
            IsServiceAccount = true,
        };
        // Identity needs a unique name.
        account.UserName = "service-account:" + account.Id;
        account.NormalizedUserName = Normalizer.NormalizeName(account.UserName);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        db.Set<AppUser>().Add(account);
        audit.Add(db, actor, "People.ServiceAccountAdded", account.DisplayName, detail: role.ToMessage());
        await db.SaveAsync(cancellationToken);
        return account.Id;
    }

    /// <summary>Changes the role of a person. Does nothing when they already have the role.</summary>
    /// <exception cref="LocalizedException">The person does not exist, or is the last administrator.</exception>
    public Task ChangeRoleAsync(Actor actor, string id, Role role, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        return ChangeAsync(
            id,
            async (db, user) =>
            {
                if (user.Role == role)
                    return;
                if (!role.IsAdministrator() && await IsLastAdministratorAsync(db, user, cancellationToken))
                    throw LastAdministrator();
                audit.Add(db, actor, "People.RoleChanged", user.DisplayName, detail: RoleChange(user.Role, role));
                await GiveAsync(db, user, role, cancellationToken);
            },
            cancellationToken
        );
    }

    /// <summary>Gives a person who signs in the role that the identity provider names. The last administrator keeps the role.</summary>
    /// <exception cref="LocalizedException">The person does not exist.</exception>
    public Task FollowProviderAsync(string id, Role role, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            async (db, user) =>
            {
                if (user.Role == role || await IsLastAdministratorAsync(db, user, cancellationToken))
                    return;
                audit.Add(db, Actor.System, "People.RoleFollowed", user.DisplayName, detail: RoleChange(user.Role, role));
                await GiveAsync(db, user, role, cancellationToken);
            },
            cancellationToken
        );

    /// <summary>
    /// Removes a person. Connections that use the person as export user keep the name, and their exports stop until an administrator
    /// takes over.
    /// </summary>
    /// <exception cref="LocalizedException">The person does not exist, or is the last administrator.</exception>
    public Task RemoveAsync(Actor actor, string id, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        return ChangeAsync(
            id,
            async (db, user) =>
            {
                if (await IsLastAdministratorAsync(db, user, cancellationToken))
                    throw LastAdministrator();
                foreach (var follow in followers)
                    await follow(db, id, cancellationToken);
                db.Set<AppUser>().Remove(user);
                audit.Add(db, actor, "People.Removed", user.DisplayName, detail: user.Role.ToMessage());
            },
            cancellationToken
        );
    }

    private async Task ChangeAsync(string id, Func<AppDb, AppUser, Task> change, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // When two administrators demote each other at the same time, the second request waits here. It then finds that it would demote the
        // last one.
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        await change(
            db,
            await db.Set<AppUser>().SingleOrDefaultAsync(user => user.Id == id, cancellationToken)
                ?? throw new GoneException(new LocalizedMessage("People.Gone"))
        );
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static LocalizedMessage? RoleChange(Role before, Role after) =>
        new AuditChanges().Add("Role", before.ToMessage(), after.ToMessage()).ToMessage();

    /// <summary>Changes the role, and ends all sessions that began with the old role.</summary>
    private static async Task GiveAsync(AppDb db, AppUser user, Role role, CancellationToken cancellationToken)
    {
        user.Role = role;
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        // A new security stamp also ends links to set a password. A person who has no other way to sign in has no session, and needs the link.
        if (user.PasswordHash is not null || await HasProviderAsync(db, user, cancellationToken))
            user.SecurityStamp = Guid.NewGuid().ToString("N");
    }

    private static Task<bool> HasProviderAsync(AppDb db, AppUser user, CancellationToken cancellationToken) =>
        db.Set<IdentityUserLogin<string>>().AnyAsync(login => login.UserId == user.Id, cancellationToken);

    private static string NameOf(string name) =>
        name.Trim() is { Length: > 0 and <= NameLength } trimmed
            ? trimmed
            : throw new LocalizedException(new LocalizedMessage("People.NameNeeded"));

    private static LocalizedException LastAdministrator() => new(new LocalizedMessage("People.LastAdministrator"));

    // An administrator who cannot sign in yet does not count. Otherwise, no remaining administrator might be able to sign in.
    private async Task<bool> IsLastAdministratorAsync(AppDb db, AppUser leaving, CancellationToken cancellationToken)
    {
        var passwords = local.Value.Enabled;
        return leaving.Role.IsAdministrator()
            && !await db.Set<AppUser>()
                .Administrators()
                .AnyAsync(
                    user =>
                        user.Id != leaving.Id
                        && (
                            (passwords && user.PasswordHash != null)
                            || db.Set<IdentityUserLogin<string>>().Any(login => login.UserId == user.Id)
                        ),
                    cancellationToken
                );
    }

    private IQueryable<Person> Rows(AppDb db, IQueryable<AppUser> users)
    {
        var passwords = local.Value.Enabled;
        return users.Select(user => new Person(
            user.Id,
            user.DisplayName,
            user.Email,
            user.Role,
            passwords && user.PasswordHash != null,
            db.Set<IdentityUserLogin<string>>()
                .Where(login => login.UserId == user.Id)
                .Select(login => login.ProviderDisplayName ?? login.LoginProvider)
                .OrderBy(name => name)
                .ToList()
        )
        {
            IsServiceAccount = user.IsServiceAccount,
            HasApp = user.TwoFactorEnabled,
            Passkeys = db.Set<IdentityUserPasskey<string>>().Count(passkey => passkey.UserId == user.Id),
        });
    }
}
