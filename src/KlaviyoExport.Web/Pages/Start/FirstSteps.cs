using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Pages.Start;

/// <summary>Reads the steps from an empty installation to the first export, and which of them are done.</summary>
internal sealed class FirstSteps(IDbContextFactory<AppDb> stores)
{
    /// <returns>The steps in order. Empty for people who cannot define segments.</returns>
    public async Task<IReadOnlyList<FirstStep>> ForAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!DefineSegments.Rule.Allows(actor))
            return [];
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return
        [
            new("Source", "sources/new", await db.Set<Source>().AnyAsync(cancellationToken), ManageSources.Rule.Allows(actor)),
            new("Segment", "segments/new", await db.Set<Segment>().AnyAsync(cancellationToken), MayDo: true),
            new(
                "Connection",
                "connections/discover",
                await db.Set<Connection>().AnyAsync(cancellationToken),
                ManageConnections.Rule.Allows(actor)
            ),
            new("Export", "exports/new", await db.Set<Export>().AnyAsync(cancellationToken), MayDo: true),
            new("Run", "exports", await db.Set<Run>().AnyAsync(cancellationToken), MayDo: true),
        ];
    }
}

/// <summary>A step on the way to the first export.</summary>
/// <param name="Name">The name of its text.</param>
/// <param name="MayDo">Whether the reader may do it. If not, an administrator has to.</param>
internal sealed record FirstStep(string Name, string Href, bool IsDone, bool MayDo);
