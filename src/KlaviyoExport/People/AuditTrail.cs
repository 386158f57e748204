using KlaviyoExport.Data;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People;

/// <summary>Reads the audit. Only people who may manage people may read it.</summary>
public sealed class AuditTrail(IDbContextFactory<AppDb> stores)
{
    /// <summary>Returns a part of the matching entries, newest first.</summary>
    /// <param name="filter">The entries to return.</param>
    /// <param name="skip">The number of the newest entries to skip.</param>
    /// <param name="take">The maximum number of entries to return.</param>
    public async Task<AuditPage> ListAsync(Actor actor, AuditFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var entries = filter.Of(db.Set<AuditEntry>().AsNoTracking());
        return new AuditPage(
            await entries.OrderByDescending(entry => entry.Id).Skip(skip).Take(take).ToListAsync(cancellationToken),
            await entries.CountAsync(cancellationToken)
        );
    }

    /// <summary>
    /// Returns the people and actions that have entries, as choices for a filter. Each person has the name of their newest entry.
    /// </summary>
    public async Task<AuditChoices> ChoicesAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var names = await db.Set<AuditEntry>()
            .GroupBy(entry => new { entry.ActorId, entry.ActorName })
            .Select(group => new
            {
                group.Key.ActorId,
                group.Key.ActorName,
                Last = group.Max(entry => entry.Id),
            })
            .ToListAsync(cancellationToken);
        return new AuditChoices(
            [
                .. names
                    .GroupBy(name => name.ActorId)
                    .Select(same => same.MaxBy(name => name.Last)!)
                    .OrderBy(name => name.ActorName, StringComparer.Ordinal)
                    .Select(name => new AuditActor(name.ActorId, name.ActorName)),
            ],
            await db.Set<AuditEntry>().Select(entry => entry.Action).Distinct().OrderBy(action => action).ToListAsync(cancellationToken)
        );
    }
}

/// <summary>A part of the audit.</summary>
/// <param name="Total">The number of all entries that match the filter.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, int Total);

/// <summary>The people and actions by which the audit can be filtered.</summary>
public sealed record AuditChoices(IReadOnlyList<AuditActor> Actors, IReadOnlyList<string> Actions);

/// <summary>A person with entries in the audit.</summary>
public sealed record AuditActor(string Id, string Name);
