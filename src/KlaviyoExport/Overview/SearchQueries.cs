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
        var exports = await ByNameAsync(
            db.Set<Export>().Select(export => new Named { Id = export.Id, Name = export.Name }),
            needle,
            cancellationToken
        );
        List<SearchResult> found =
        [
            .. Results(SearchKind.Export, exports),
            .. await RunsAsync(db, needle, exports, cancellationToken),
            .. Results(
                SearchKind.Segment,
                await ByNameAsync(
                    db.Set<Segment>().Select(segment => new Named { Id = segment.Id, Name = segment.Name }),
                    needle,
                    cancellationToken
                )
            ),
        ];
        if (ManageSources.Rule.Allows(actor))
            found.AddRange(
                Results(
                    SearchKind.Source,
                    await ByNameAsync(
                        db.Set<Source>().Select(source => new Named { Id = source.Id, Name = source.Name }),
                        needle,
                        cancellationToken
                    )
                )
            );
        if (ManageConnections.Rule.Allows(actor))
            found.AddRange(
                Results(
                    SearchKind.Connection,
                    await ByNameAsync(
                        db.Set<Connection>().Select(connection => new Named { Id = connection.Id, Name = connection.Name }),
                        needle,
                        cancellationToken
                    )
                )
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

    private static Task<List<Named>> ByNameAsync(IQueryable<Named> named, string needle, CancellationToken cancellationToken) =>
        named.Where(one => CaseFolding.Lower(one.Name).Contains(needle)).OrderBy(one => one.Name).Take(Most).ToListAsync(cancellationToken);

    private static IEnumerable<SearchResult> Results(SearchKind kind, IEnumerable<Named> named) =>
        named.Select(one => new SearchResult(kind, Text(one.Id), one.Name));

    /// <summary>Finds the run with the number, and the newest runs of the found exports: to compare each run by name would take long.</summary>
    private static async Task<IEnumerable<SearchResult>> RunsAsync(
        AppDb db,
        string needle,
        List<Named> exports,
        CancellationToken cancellationToken
    )
    {
        int? id = int.TryParse(needle.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var ids = exports.ConvertAll(export => export.Id);
        var runs = await db.Set<Run>()
            .Where(run => run.Id == id || ids.Contains(run.ExportId))
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
            .OrderByDescending(run => run.Id == id)
            .ThenByDescending(run => run.Id)
            .Take(Most)
            .ToListAsync(cancellationToken);
        return runs.Select(run => new SearchResult(SearchKind.Run, Text(run.Id), run.Name) { At = run.QueuedAt });
    }

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    private sealed class Named
    {
        public required int Id { get; init; }

        public required string Name { get; init; }
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
