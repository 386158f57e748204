using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Remote;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview.Checks;

/// <summary>
/// Checks that each source can be opened, has the columns and tables that exports and segments use, and has data that is new enough.
/// </summary>
internal sealed class SourcesCheck(
    IDbContextFactory<AppDb> stores,
    ProfileTables tables,
    SourceColumns columns,
    SourcePaths paths,
    RemoteLoader remote,
    FreshnessCheck freshness,
    TimeProvider clock
)
{
    private const string Area = "source";
    private const string ReadAgain = "Mend the source, then load it again on its page.";
    private const string UseOthers =
        "Mend the source, or use other columns or tables in the segments and exports that are named on its page.";
    private const string Renew = "Find out why the data is not written any more, or change the maximum age of the source.";

    public async IAsyncEnumerable<Finding> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var segments = (await db.Set<Segment>().AsNoTracking().ToListAsync(cancellationToken)).ToLookup(segment => segment.SourceId);
        var exports = (
            await db.Set<Export>()
                .AsNoTracking()
                .AsSplitQuery()
                .Include(export => export.Segments)
                .Include(export => export.ExcludedSegments)
                .ToListAsync(cancellationToken)
        ).ToLookup(export => export.SourceId);
        foreach (var source in await db.Set<Source>().AsNoTracking().OrderBy(source => source.Name).ToListAsync(cancellationToken))
        {
            var found = await RunAsync(source, [.. segments[source.Id]], [.. exports[source.Id]], cancellationToken);
            yield return found;
            if (await AgeAsync(source, cancellationToken) is { } age && age.Message != found.Message)
                yield return age;
        }
    }

    /// <summary>Returns what is wrong with the age of the data. Null when nothing is.</summary>
    private async Task<Finding?> AgeAsync(Source source, CancellationToken cancellationToken)
    {
        try
        {
            var age = await freshness.ReadAsync(source, cancellationToken);
            return age.StopAt(clock.GetUtcNow()) is { } stop ? Finding.Fault(Area, source.Name, stop.ToString(), Renew)
                : age.WarningAt(clock.GetUtcNow()) is { } warning ? Finding.Warning(Area, source.Name, warning.ToString(), Renew)
                : null;
        }
        catch (SourceException fault)
        {
            return Finding.Fault(Area, source.Name, fault.LocalizedMessage.ToString(), ReadAgain);
        }
    }

    private async Task<Finding> RunAsync(
        Source source,
        IReadOnlyList<Segment> segments,
        IReadOnlyList<Export> exports,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await columns.ReadAsync(source, cancellationToken);
            if (DriftImpact.Of(source, segments, exports).Warning is { } warning)
                return warning.Effect == DriftEffect.Stops
                    ? Finding.Fault(Area, source.Name, warning.Message.ToString(), UseOthers)
                    : Finding.Warning(Area, source.Name, warning.Message.ToString(), UseOthers);
            var used = UsedIn(segments, exports);
            await ReadAsync(source, used, cancellationToken);
            return source.LastError is { } last
                ? Finding.Warning(Area, source.Name, $"Its last load failed: {last}", ReadAgain)
                : Finding.Ok(Area, source.Name, $"Can be read; has the {used.Count} columns that are used.");
        }
        catch (SourceException fault)
        {
            return Finding.Fault(Area, source.Name, fault.LocalizedMessage.ToString(), ReadAgain);
        }
    }

    private async Task ReadAsync(Source source, IReadOnlyCollection<string> used, CancellationToken cancellationToken)
    {
        if (source.Kind.IsServer())
        {
            var table = await tables.OpenServerAsync(source, isGlance: true, cancellationToken);
            await using var session = table.Session;
            table.Keys(source);
            foreach (var field in used)
                table.Field(source, field);
        }
        else
        {
            // The files are needed only to load them again.
            if (source.Kind.IsRemoteFiles())
                await remote.CheckAsync(source, cancellationToken);
            else
                paths.Resolve(source.Location);
            using var table = await tables.OpenAsync(source, cancellationToken);
            foreach (var field in used)
                table.Column(field);
        }
    }

    private static HashSet<string> UsedIn(IReadOnlyList<Segment> segments, IReadOnlyList<Export> exports) =>
        [
            .. exports.SelectMany(export => export.FieldsRead),
            .. segments
                .SelectMany(segment => SegmentTree.NodesOf(segment.Definition))
                .OfType<Condition>()
                .Select(condition => condition.Field),
        ];
}
