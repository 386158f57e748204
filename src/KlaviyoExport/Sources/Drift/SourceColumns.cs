using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Sources.Remote;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Sources.Drift;

/// <summary>Looks whether the columns of sources have changed since their last load, and stores what it finds with the source.</summary>
public sealed class SourceColumns
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly ColumnReader _reader;
    private readonly TableReader _tables;
    private readonly SourceSamples _samples;
    private readonly IReadOnlyList<FindTableUses> _uses;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal SourceColumns(
        IDbContextFactory<AppDb> stores,
        ColumnReader reader,
        TableReader tables,
        SourceSamples samples,
        IEnumerable<FindTableUses> uses,
        Audit audit,
        TimeProvider clock,
        ILogger<SourceColumns> logger
    ) =>
        (_stores, _reader, _tables, _samples, _uses, _audit, _clock, _logger) = (
            stores,
            reader,
            tables,
            samples,
            [.. uses],
            audit,
            clock,
            logger
        );

    /// <summary>
    /// Looks at the columns of a source. When it cannot be read, <see cref="Source.ColumnsFault"/> says why, and the earlier findings stay.
    /// </summary>
    /// <returns>The source with what was found.</returns>
    /// <exception cref="LocalizedException">The actor may not manage sources, or the source was removed.</exception>
    public async Task<Source> CheckAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await using (var db = await _stores.CreateDbContextAsync(cancellationToken))
        {
            var source = await db.Set<Source>().AsNoTracking().GetAsync(id, cancellationToken);
            _audit.Add(db, actor, "Sources.ColumnsChecked", source.Name, id);
            await db.SaveChangesAsync(cancellationToken);
        }
        await LookAsync(id, cancellationToken);
        return await FindAsync(id, cancellationToken) ?? throw new GoneException(new LocalizedMessage("Sources.Gone"));
    }

    /// <summary>Looks at the columns of a source, and stores the findings or why it cannot be read.</summary>
    internal async Task LookAsync(int id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { LoadedAt: not null } source)
            return;
        var (drift, fields, remote) = (source.Drift, source.Fields, source.RemoteLoad);
        try
        {
            await ReadAsync(source, cancellationToken);
            await StoreAsync(source, fields, remote, null, cancellationToken);
        }
        catch (SourceException fault)
        {
            Log.ColumnsNotRead(_logger, id, fault.LocalizedMessage.Code);
            (source.Drift, source.Fields, source.RemoteLoad) = (drift, fields, remote);
            await StoreAsync(source, fields, remote, fault.LocalizedMessage, cancellationToken);
        }
    }

    /// <summary>
    /// Makes sure that what is known about the columns of a source that is read directly is true now. Files are read as they were loaded.
    /// </summary>
    /// <param name="source">The source. Its drift is replaced, and fields whose columns are back are added.</param>
    /// <param name="tables">The tables to look at, besides that of the profiles.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    internal async Task RefreshAsync(Source source, IReadOnlyList<TableUse> tables, CancellationToken cancellationToken)
    {
        if (source.Kind.IsFiles())
        {
            source.Drift = source.Drift?.OfLoadedFile;
            return;
        }
        var (drift, fields, remote) = (source.Drift, source.Fields, source.RemoteLoad);
        await ReadColumnsAsync(source, cancellationToken);
        var others = (source.Drift?.Tables ?? []).Where(loss => !tables.Any(loss.Concerns));
        source.Drift = SchemaDrift.AfterTables(source, await _tables.ReadAsync(source, tables, cancellationToken), others);
        if (!IsSame(drift, source.Drift) || source.Fields != fields)
            await StoreAsync(source, fields, remote, null, cancellationToken);
    }

    /// <summary>Looks at the columns of a source and at the tables that are read besides them, and stores nothing.</summary>
    /// <param name="source">
    /// The source. Its drift is replaced. Fields of a database whose columns are back are added, because it can be read as before. Of files
    /// in a store, it keeps which ones were seen.
    /// </param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    internal async Task ReadAsync(Source source, CancellationToken cancellationToken)
    {
        await ReadColumnsAsync(source, cancellationToken);
        var missing = await _tables.ReadAsync(source, await UsesAsync(source.Id, cancellationToken), cancellationToken);
        source.Drift = SchemaDrift.AfterTables(source, missing, []);
    }

    /// <summary>
    /// Looks at the tables that are read besides the profiles, and stores nothing. When they cannot be read, the earlier findings stay.
    /// </summary>
    /// <param name="source">The source. Its drift is replaced.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>Why they cannot be read. Null when they can.</returns>
    internal async Task<LocalizedMessage?> ReadTablesAsync(Source source, CancellationToken cancellationToken)
    {
        try
        {
            var missing = await _tables.ReadAsync(source, await UsesAsync(source.Id, cancellationToken), cancellationToken);
            source.Drift = SchemaDrift.AfterTables(source, missing, []);
            return null;
        }
        catch (SourceException fault)
        {
            return fault.LocalizedMessage;
        }
    }

    private async Task ReadColumnsAsync(Source source, CancellationToken cancellationToken)
    {
        if (await _reader.ReadAsync(source, cancellationToken) is not { } now)
            return;
        var back = source.LostFields().Where(lost => now.Any(field => field.Name == lost.Name)).ToList();
        if (back.Count > 0)
            source.Fields = [.. source.Fields, .. back];
        source.Drift = SchemaDrift.AfterLook(source, now, _clock.GetUtcNow());
    }

    private async Task<IReadOnlyList<TableUse>> UsesAsync(int sourceId, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var uses = new List<TableUse>();
        foreach (var find in _uses)
            uses.AddRange(await find(db, sourceId, cancellationToken));
        return uses;
    }

    private static bool IsSame(SchemaDrift? one, SchemaDrift? other) =>
        (one?.Changes ?? []).SequenceEqual(other?.Changes ?? []) && (one?.Tables ?? []).SequenceEqual(other?.Tables ?? []);

    /// <param name="source">The source with what was found.</param>
    /// <param name="fields">Its fields before.</param>
    /// <param name="remote">Its files before.</param>
    /// <param name="fault">Why it cannot be read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    private async Task StoreAsync(
        Source source,
        List<Field> fields,
        RemoteLoad? remote,
        LocalizedMessage? fault,
        CancellationToken cancellationToken
    )
    {
        var now = _clock.GetUtcNow();
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        // A load in the meantime knows better. The version stays: people who edit the source are not disturbed.
        await db.Set<Source>()
            .Where(stored => stored.Id == source.Id && stored.LoadedAt == source.LoadedAt)
            .ExecuteUpdateAsync(
                set =>
                {
                    set.SetProperty(stored => stored.Drift, source.Drift)
                        .SetProperty(stored => stored.ColumnsFault, fault)
                        .SetProperty(stored => stored.ColumnsCheckedAt, now);
                    if (source.Fields != fields)
                        set.SetProperty(stored => stored.Fields, source.Fields);
                    if (source.RemoteLoad != remote)
                        set.SetProperty(stored => stored.RemoteLoad, source.RemoteLoad);
                },
                cancellationToken
            );
    }

    private async Task<Source?> FindAsync(int id, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var source = await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Id == id, cancellationToken);
        if (source is not null)
            _samples.Reveal(source);
        return source;
    }
}
