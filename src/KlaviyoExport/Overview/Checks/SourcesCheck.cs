using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Checks that each source can be opened and has the columns that exports and segments use.</summary>
internal sealed class SourcesCheck(IDbContextFactory<AppDb> stores, ProfileTables tables, SourcePaths paths, RemoteLoader remote)
{
    private const string Area = "source";
    private const string ReadAgain = "Mend the source, then load it again on its page.";

    public async IAsyncEnumerable<Finding> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var used = await UsedAsync(db, cancellationToken);
        foreach (var source in await db.Set<Source>().AsNoTracking().OrderBy(source => source.Name).ToListAsync(cancellationToken))
            yield return await RunAsync(source, [.. used[source.Id].Distinct()], cancellationToken);
    }

    private static async Task<ILookup<int, string>> UsedAsync(AppDb db, CancellationToken cancellationToken)
    {
        var exports = await db.Set<Export>().AsNoTracking().ToListAsync(cancellationToken);
        var segments = await db.Set<Segment>().AsNoTracking().ToListAsync(cancellationToken);
        return exports
            .SelectMany(export => export.FieldsRead.Select(field => (export.SourceId, field)))
            .Concat(
                segments.SelectMany(segment =>
                    SegmentTree
                        .NodesOf(segment.Definition)
                        .OfType<Condition>()
                        .Select(condition => (segment.SourceId, field: condition.Field))
                )
            )
            .ToLookup(use => use.SourceId, use => use.field);
    }

    private async Task<Finding> RunAsync(Source source, IReadOnlyList<string> used, CancellationToken cancellationToken)
    {
        try
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
            return source.LastError is { } last
                ? Finding.Warning(Area, source.Name, $"Its last load failed: {last}", ReadAgain)
                : Finding.Ok(Area, source.Name, $"Can be read; has the {used.Count} columns that are used.");
        }
        catch (SourceException fault)
        {
            return Finding.Fault(Area, source.Name, fault.LocalizedMessage.ToString(), ReadAgain);
        }
    }
}
