using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>
/// Removes the samples in one step: the practice connection with its exports and everything that the practice Klaviyo has received, and the
/// sample customers with the segments that are defined over them.
/// </summary>
public sealed class SampleRemoval(
    IDbContextFactory<AppDb> stores,
    ConnectionRemoval connections,
    SegmentService segments,
    SourceService sources
)
{
    /// <summary>Returns the samples that the installation has, and what would be removed with them.</summary>
    public async Task<Samples> FindAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var connection = await db.Set<Connection>()
            .Where(stored => stored.IsPractice)
            .OrderBy(stored => stored.Id)
            .Select(stored => (int?)stored.Id)
            .FirstOrDefaultAsync(cancellationToken);
        var source = await db.Set<Source>()
            .Where(stored => stored.IsSample)
            .OrderBy(stored => stored.Id)
            .Select(stored => (int?)stored.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return new Samples(
            connection,
            source,
            await db.Set<Export>()
                .Where(export => connection != null && export.ConnectionId == connection)
                .OrderBy(export => export.Name)
                .Select(export => export.Name)
                .ToListAsync(cancellationToken),
            await db.Set<Segment>()
                .Where(segment => source != null && segment.SourceId == source)
                .OrderBy(segment => segment.Name)
                .Select(segment => segment.Name)
                .ToListAsync(cancellationToken)
        );
    }

    /// <summary>
    /// Removes the samples. When it cannot remove all of them, what it has removed stays removed, and the call can be repeated.
    /// </summary>
    /// <exception cref="LocalizedException">
    /// An export to the practice Klaviyo is running, or an export over another connection uses the sample customers. The message names it.
    /// In the second case nothing was removed.
    /// </exception>
    public async Task RemoveAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        var samples = await FindAsync(actor, cancellationToken);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var others = await db.Set<Export>()
            .Where(export => samples.SourceId != null && export.SourceId == samples.SourceId)
            .Where(export => samples.ConnectionId == null || export.ConnectionId != samples.ConnectionId)
            .OrderBy(export => export.Name)
            .Select(export => export.Name)
            .ToListAsync(cancellationToken);
        if (others.Count > 0)
            throw new LocalizedException(new LocalizedMessage("Exports.SamplesInUse", string.Join(", ", others)));
        if (samples.ConnectionId is { } connection)
        {
            var exports = await connections.ExportsOfAsync(actor, connection, cancellationToken);
            await connections.RemoveAsync(
                actor,
                connection,
                exports.ToDictionary(export => export.Id, _ => RemovalChoice.Remove),
                cancellationToken
            );
        }
        if (samples.SourceId is not { } source)
            return;
        foreach (var segment in await InOrderAsync(db, source, cancellationToken))
            await segments.RemoveAsync(actor, segment, cancellationToken);
        await sources.RemoveAsync(actor, source, cancellationToken);
    }

    /// <summary>Returns the segments of a source, each before those that it refers to.</summary>
    private static async Task<IReadOnlyList<int>> InOrderAsync(AppDb db, int source, CancellationToken cancellationToken)
    {
        var open = await db.Set<Segment>().AsNoTracking().Where(segment => segment.SourceId == source).ToListAsync(cancellationToken);
        var ordered = new List<int>();
        while (open.Count > 0)
        {
            // References never form a circle, so that at least one segment is not referred to.
            var used = open.SelectMany(segment => SegmentTree.ReferencesIn(segment.Definition)).ToHashSet();
            ordered.AddRange(open.Where(segment => !used.Contains(segment.Id)).Select(segment => segment.Id));
            open.RemoveAll(segment => ordered.Contains(segment.Id));
        }
        return ordered;
    }
}

/// <summary>The samples that an installation has.</summary>
/// <param name="ConnectionId">The practice connection. Null when there is none.</param>
/// <param name="SourceId">The source of the sample customers. Null when there is none.</param>
/// <param name="Exports">The names of the exports over the practice connection, which are removed with it.</param>
/// <param name="Segments">The names of the segments over the sample customers, which are removed with them.</param>
public sealed record Samples(int? ConnectionId, int? SourceId, IReadOnlyList<string> Exports, IReadOnlyList<string> Segments)
{
    /// <summary>Whether there is any sample.</summary>
    public bool Exist => ConnectionId is not null || SourceId is not null;
}
