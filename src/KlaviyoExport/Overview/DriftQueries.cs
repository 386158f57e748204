using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>The sources, segments and exports that changes of columns affect, by their ids.</summary>
public sealed record DriftWarnings(
    IReadOnlyDictionary<int, DriftWarning> Sources,
    IReadOnlyDictionary<int, DriftWarning> Segments,
    IReadOnlyDictionary<int, DriftWarning> Exports
)
{
    /// <summary>Nothing is affected.</summary>
    public static DriftWarnings None { get; } =
        new(new Dictionary<int, DriftWarning>(), new Dictionary<int, DriftWarning>(), new Dictionary<int, DriftWarning>());

    internal DriftWarning? About(RefreshTaskKind kind, int id) =>
        (
            kind switch
            {
                RefreshTaskKind.Source => Sources,
                RefreshTaskKind.Segment => Segments,
                _ => Exports,
            }
        ).GetValueOrDefault(id);
}

/// <summary>
/// Reads what depends on columns that sources no longer have, or that have another type. It reads the store only: what was found at the
/// last look at the columns.
/// </summary>
public sealed class DriftQueries(IDbContextFactory<AppDb> stores)
{
    /// <summary>Returns everything that is affected. Every signed-in person may read it.</summary>
    public async Task<DriftWarnings> AllAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await AllAsync(db, cancellationToken);
    }

    /// <summary>Returns what depends on the changed columns of a source. Null when the source does not exist.</summary>
    /// <exception cref="NotAllowedException">The actor may not manage sources.</exception>
    public async Task<DriftImpact?> OfSourceAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return (await DriftImpact.ReadAsync(db, source => source.Id == id, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Returns the warning about a segment. Null when there is none. Every signed-in person may read it.</summary>
    public async Task<DriftWarning?> OfSegmentAsync(int id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var segments = db.Set<Segment>();
        var impact = await DriftImpact.ReadAsync(
            db,
            source => segments.Any(segment => segment.Id == id && segment.SourceId == source.Id),
            cancellationToken
        );
        return impact.SingleOrDefault()?.Segments.GetValueOrDefault(id);
    }

    /// <summary>Returns the warning about an export. Null when there is none. Every signed-in person may read it.</summary>
    public async Task<DriftWarning?> OfExportAsync(int id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var exports = db.Set<Export>();
        var impact = await DriftImpact.ReadAsync(
            db,
            source => exports.Any(export => export.Id == id && export.SourceId == source.Id),
            cancellationToken
        );
        return impact.SingleOrDefault()?.Exports.GetValueOrDefault(id);
    }

    internal static async Task<DriftWarnings> AllAsync(AppDb db, CancellationToken cancellationToken)
    {
        var impacts = await DriftImpact.ReadAllAsync(db, cancellationToken);
        return impacts.Count == 0
            ? DriftWarnings.None
            : new DriftWarnings(
                impacts
                    .Select(impact => (impact.SourceId, impact.Warning))
                    .Where(one => one.Warning is not null)
                    .ToDictionary(one => one.SourceId, one => one.Warning!),
                impacts.SelectMany(impact => impact.Segments).ToDictionary(),
                impacts.SelectMany(impact => impact.Exports).ToDictionary()
            );
    }
}
