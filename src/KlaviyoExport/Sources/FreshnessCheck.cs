using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Sources;

/// <summary>Decides before a run whether the data of its source is new enough.</summary>
internal sealed class FreshnessCheck(IDbContextFactory<AppDb> stores, DataTimes times, TimeProvider clock)
{
    /// <summary>
    /// Finds out when the data last changed, and stores it. For files it is the time of the files that were loaded, because a run reads
    /// these.
    /// </summary>
    /// <returns>What is wrong with the age of the data. Null when nothing is.</returns>
    /// <exception cref="SourceException">The data is too old and stops the exports, or the source cannot be read.</exception>
    public async Task<LocalizedMessage?> DemandAsync(Source source, CancellationToken cancellationToken)
    {
        var freshness = await ReadAsync(source, cancellationToken);
        if (DataTimes.AreRead(source))
            await StoreAsync(source.Id, freshness.ChangedAt, cancellationToken);
        return freshness.StopAt(clock.GetUtcNow()) is { } stop ? throw new SourceException(stop) : freshness.WarningAt(clock.GetUtcNow());
    }

    /// <summary>Finds out when the data last changed, as a run would, and stores nothing.</summary>
    /// <exception cref="SourceException">The source cannot be read.</exception>
    public async Task<Freshness> ReadAsync(Source source, CancellationToken cancellationToken) =>
        DataTimes.AreRead(source)
            ? Freshness.Of(source) with
            {
                ChangedAt = await TimeAsync(source, cancellationToken),
            }
            : Freshness.Of(source);

    /// <summary>Returns null when the time cannot be read, unless the source has a maximum age.</summary>
    private async Task<DateTimeOffset?> TimeAsync(Source source, CancellationToken cancellationToken)
    {
        try
        {
            return await times.ReadAsync(source, cancellationToken);
        }
        catch (SourceException fault) when (!fault.Fault.IsTransient && source.MaxAgeHours is null)
        {
            return null;
        }
    }

    /// <summary>The version stays, so that a person who edits the source can save.</summary>
    private async Task StoreAsync(int id, DateTimeOffset? changedAt, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Source>()
            .Where(source => source.Id == id && source.DataChangedAt != changedAt)
            .ExecuteUpdateAsync(set => set.SetProperty(source => source.DataChangedAt, changedAt), cancellationToken);
    }
}
