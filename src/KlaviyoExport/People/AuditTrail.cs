using KlaviyoExport.Data;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People;

/// <summary>Reads the audit, newest first.</summary>
public sealed class AuditTrail(IDbContextFactory<AppDb> stores)
{
    /// <param name="filter">What to show.</param>
    /// <param name="skip">How many of the newest to leave out.</param>
    /// <param name="take">How many to read.</param>
    public async Task<AuditPage> ListAsync(Actor actor, AuditFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var entries = db.Set<AuditEntry>().AsNoTracking();
        if (filter.ActorId is { } actorId)
            entries = entries.Where(entry => entry.ActorId == actorId);
        if (filter.Action is { } action)
            entries = entries.Where(entry => entry.Action == action);
        if (CaseFolding.Needle(filter.Text) is { } needle)
        {
            entries = entries.Where(entry =>
                CaseFolding.Lower(entry.Subject!).Contains(needle)
                || CaseFolding.Lower((string)(object)entry.Detail!).Contains(needle)
                || CaseFolding.Lower(entry.ActorName).Contains(needle)
            );
        }
        return new AuditPage(
            await entries.OrderByDescending(entry => entry.Id).Skip(skip).Take(take).ToListAsync(cancellationToken),
            await entries.CountAsync(cancellationToken)
        );
    }

    /// <summary>The people and deeds there are entries of; people under the name they had last.</summary>
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

/// <summary>What to show of the audit; null: all.</summary>
/// <param name="Text">Somewhere in the name of the thing, the detail or the name of the person; upper and lower case are the same.</param>
public sealed record AuditFilter(string? ActorId = null, string? Action = null, string? Text = null);

/// <param name="Total">How many entries there are under the filter.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, int Total);

public sealed record AuditChoices(IReadOnlyList<AuditActor> Actors, IReadOnlyList<string> Actions);

/// <summary>Somebody who did something.</summary>
public sealed record AuditActor(string Id, string Name);
