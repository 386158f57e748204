using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Sources.Drift;

/// <summary>Looks whether the columns of sources have changed since their last load, and stores what it finds with the source.</summary>
public sealed class SourceColumns
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly ColumnReader _reader;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal SourceColumns(IDbContextFactory<AppDb> stores, ColumnReader reader, TimeProvider clock, ILogger<SourceColumns> logger) =>
        (_stores, _reader, _clock, _logger) = (stores, reader, clock, logger);

    /// <summary>
    /// Looks at the columns of a source. When it cannot be read, <see cref="Source.ColumnsFault"/> says why, and the earlier findings stay.
    /// </summary>
    /// <returns>The source with what was found.</returns>
    /// <exception cref="LocalizedException">The actor may not manage sources, or the source was removed.</exception>
    public async Task<Source> CheckAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await LookAsync(id, cancellationToken);
        return await FindAsync(id, cancellationToken) ?? throw new GoneException(new LocalizedMessage("Sources.Gone"));
    }

    /// <summary>Looks at the columns of a source, and stores the findings or why it cannot be read.</summary>
    internal async Task LookAsync(int id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { LoadedAt: not null } source)
            return;
        try
        {
            await StoreAsync(source, await ReadAsync(source, cancellationToken), null, cancellationToken);
        }
        catch (SourceException fault)
        {
            Log.ColumnsNotRead(_logger, id, fault.LocalizedMessage.Code);
            await StoreAsync(source, source.Drift, fault.LocalizedMessage, cancellationToken);
        }
    }

    /// <summary>
    /// Makes sure that what is known about the columns of a source that is read directly is true now. Files are read as they were loaded.
    /// </summary>
    /// <param name="source">The source. Its drift is replaced.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    internal async Task RefreshAsync(Source source, CancellationToken cancellationToken)
    {
        if (source.Kind.IsFiles())
        {
            source.Drift = source.Drift?.Loaded;
            return;
        }
        var known = source.Drift;
        source.Drift = await ReadAsync(source, cancellationToken);
        if (!IsSame(known, source.Drift))
            await StoreAsync(source, source.Drift, null, cancellationToken);
    }

    /// <summary>Looks at the columns of a source, and stores nothing.</summary>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    internal async Task<SchemaDrift?> ReadAsync(Source source, CancellationToken cancellationToken) =>
        SchemaDrift.AfterLook(source, await _reader.ReadAsync(source, cancellationToken), _clock.GetUtcNow());

    private static bool IsSame(SchemaDrift? one, SchemaDrift? other) =>
        (one?.Changes ?? []).SequenceEqual(other?.Changes ?? [], EqualityComparer<ColumnChange>.Default);

    private async Task StoreAsync(Source source, SchemaDrift? drift, LocalizedMessage? fault, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        // A load in the meantime knows better. The version stays: people who edit the source are not disturbed.
        await db.Set<Source>()
            .Where(stored => stored.Id == source.Id && stored.LoadedAt == source.LoadedAt)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(stored => stored.Drift, drift)
                        .SetProperty(stored => stored.ColumnsFault, fault)
                        .SetProperty(stored => stored.ColumnsCheckedAt, now),
                cancellationToken
            );
    }

    private async Task<Source?> FindAsync(int id, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Id == id, cancellationToken);
    }
}
