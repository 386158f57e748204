using KlaviyoExport.Data;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.SignIns;

/// <summary>
/// The roles whose people need a second factor: a passkey, or an authenticator app beside the password. A sign-in at the identity provider
/// is not affected, since the provider decides what it asks for.
/// </summary>
public sealed class SecondFactorPolicy(IDbContextFactory<AppDb> stores, Audit audit)
{
    /// <summary>The name of the setting: the names of the roles, separated by commas.</summary>
    internal const string Setting = "People.SecondFactorRoles";

    public async Task<IReadOnlySet<Role>> GetAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return Parse(await Value(db).SingleOrDefaultAsync(cancellationToken));
    }

    /// <summary>
    /// Chooses the roles. People with such a role who have signed in with a password only can do nothing but set up a second factor, also
    /// the one who chooses. Only people who may manage people may call this.
    /// </summary>
    public async Task SaveAsync(Actor actor, IReadOnlySet<Role> roles, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var stored = await db.Set<Setting>().SingleOrDefaultAsync(setting => setting.Name == Setting, cancellationToken);
        var present = Parse(stored?.Value);
        if (present.SetEquals(roles))
            return;
        var value = string.Join(',', roles.Order());
        if (stored is null)
            db.Add(new Setting { Name = Setting, Value = value });
        else
            stored.Value = value;
        foreach (var role in roles.Except(present).Order())
            audit.Add(db, actor, "People.SecondFactorRequired", detail: role.ToMessage());
        foreach (var role in present.Except(roles).Order())
            audit.Add(db, actor, "People.SecondFactorNotRequired", detail: role.ToMessage());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The value of the setting, for a query that reads it together with other things.</summary>
    internal static IQueryable<string> Value(AppDb db) =>
        db.Set<Setting>().Where(setting => setting.Name == Setting).Select(setting => setting.Value);

    internal static IReadOnlySet<Role> Parse(string? value) =>
        (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<Role>).ToHashSet();
}
