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
        var entries = db.Set<AuditEntry>().AsNoTracking();
        if (filter.ActorId is { } actorId)
            entries = entries.Where(entry => entry.ActorId == actorId);
        if (filter.Action is { } action)
            entries = entries.Where(entry => entry.Action == action);
        if (filter.BeforeId is { } before)
            entries = entries.Where(entry => entry.Id < before);
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

/// <summary>Filters the audit. A null property matches all entries.</summary>
/// <param name="Text">Matches a part of the name of the item, the detail or the name of the person. Case-insensitive.</param>
/// <param name="BeforeId">Only entries with a smaller id, for reading all entries page by page while new ones are added.</param>
public sealed record AuditFilter(string? ActorId = null, string? Action = null, string? Text = null, long? BeforeId = null);

/// <summary>A part of the audit.</summary>
/// <param name="Total">The number of all entries that match the filter.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, int Total);

/// <summary>The people and actions by which the audit can be filtered.</summary>
public sealed record AuditChoices(IReadOnlyList<AuditActor> Actors, IReadOnlyList<string> Actions);

/// <summary>A person with entries in the audit.</summary>
public sealed record AuditActor(string Id, string Name);
