using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Remote;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Checks that each source can be opened and has the columns that exports and segments use.</summary>
internal sealed class SourcesCheck(
    IDbContextFactory<AppDb> stores,
    ProfileTables tables,
    SourceColumns columns,
    SourcePaths paths,
    RemoteLoader remote
)
{
    private const string Area = "source";
    private const string ReadAgain = "Mend the source, then load it again on its page.";
    private const string UseOthers = "Mend the source, or use other columns in the segments and exports that are named on its page.";

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
            yield return await RunAsync(source, [.. segments[source.Id]], [.. exports[source.Id]], cancellationToken);
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
            source.Drift = await columns.ReadAsync(source, cancellationToken);
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
