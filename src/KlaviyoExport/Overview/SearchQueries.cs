using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>
/// Finds exports, runs, segments, sources, connections and people by their names, in every alphabet and without regard to case. Customers
/// are not among them: their addresses are encrypted, and are looked up one at a time.
/// </summary>
public sealed class SearchQueries(IDbContextFactory<AppDb> stores)
{
    /// <summary>The maximum number of results of a kind.</summary>
    public const int Most = 5;

    /// <summary>The maximum length of the search text. Longer texts are cut off.</summary>
    public const int LongestText = 100;

    /// <summary>
    /// Returns what the actor may open whose name contains the text. A number also finds the run with this id, with or without "#". Empty for
    /// an empty text.
    /// </summary>
    public async Task<IReadOnlyList<SearchResult>> FindAsync(Actor actor, string? text, CancellationToken cancellationToken)
    {
        if (CaseFolding.Needle(text?.Length > LongestText ? text[..LongestText] : text) is not { } needle)
            return [];
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var found = new List<SearchResult>();
        found.AddRange(
            await db.Set<Export>()
                .Where(export => CaseFolding.Lower(export.Name).Contains(needle))
                .OrderBy(export => export.Name)
                .Take(Most)
                .Select(export => new SearchResult(SearchKind.Export, export.Id.ToString(), export.Name))
                .ToListAsync(cancellationToken)
        );
        found.AddRange(await RunsAsync(db, needle, cancellationToken));
        found.AddRange(
            await db.Set<Segment>()
                .Where(segment => CaseFolding.Lower(segment.Name).Contains(needle))
                .OrderBy(segment => segment.Name)
                .Take(Most)
                .Select(segment => new SearchResult(SearchKind.Segment, segment.Id.ToString(), segment.Name))
                .ToListAsync(cancellationToken)
        );
        if (ManageSources.Rule.Allows(actor))
            found.AddRange(
                await db.Set<Source>()
                    .Where(source => CaseFolding.Lower(source.Name).Contains(needle))
                    .OrderBy(source => source.Name)
                    .Take(Most)
                    .Select(source => new SearchResult(SearchKind.Source, source.Id.ToString(), source.Name))
                    .ToListAsync(cancellationToken)
            );
        if (ManageConnections.Rule.Allows(actor))
            found.AddRange(
                await db.Set<Connection>()
                    .Where(connection => CaseFolding.Lower(connection.Name).Contains(needle))
                    .OrderBy(connection => connection.Name)
                    .Take(Most)
                    .Select(connection => new SearchResult(SearchKind.Connection, connection.Id.ToString(), connection.Name))
                    .ToListAsync(cancellationToken)
            );
        if (ManagePeople.Rule.Allows(actor))
            found.AddRange(
                await db.Set<AppUser>()
                    .Where(user => CaseFolding.Lower(user.DisplayName).Contains(needle) || CaseFolding.Lower(user.Email!).Contains(needle))
                    .OrderBy(user => user.DisplayName)
                    .Take(Most)
                    .Select(user => new SearchResult(SearchKind.Person, user.Id, user.DisplayName))
                    .ToListAsync(cancellationToken)
            );
        return found;
    }

    private static async Task<List<SearchResult>> RunsAsync(AppDb db, string needle, CancellationToken cancellationToken)
    {
        int? id = int.TryParse(needle.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return await db.Set<Run>()
            .Where(run =>
                run.Id == id || db.Set<Export>().Any(export => export.Id == run.ExportId && CaseFolding.Lower(export.Name).Contains(needle))
            )
            .OrderByDescending(run => run.Id == id)
            .ThenByDescending(run => run.Id)
            .Take(Most)
            .Join(
                db.Set<Export>(),
                run => run.ExportId,
                export => export.Id,
                (run, export) =>
                    new
                    {
                        run.Id,
                        export.Name,
                        run.QueuedAt,
                    }
            )
            .Select(run => new SearchResult(SearchKind.Run, run.Id.ToString(), run.Name) { At = run.QueuedAt })
            .ToListAsync(cancellationToken);
    }
}

/// <summary>What a search result is.</summary>
public enum SearchKind
{
    Export,
    Run,
    Segment,
    Source,
    Connection,
    Person,
}

/// <summary>A result of the search.</summary>
/// <param name="Id">Its id in the address of its page.</param>
/// <param name="Name">Its name. The name of its export for a run.</param>
public sealed record SearchResult(SearchKind Kind, string Id, string Name)
{
    /// <summary>When a run was queued. Null for other kinds.</summary>
    public DateTimeOffset? At { get; init; }
}
