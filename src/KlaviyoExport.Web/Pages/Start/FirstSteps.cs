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

/// <summary>The way from an empty installation to the first export, and how far it has come.</summary>
internal sealed class FirstSteps(IDbContextFactory<AppDb> stores)
{
    /// <returns>In their order; none for those who only look and run.</returns>
    public async Task<IReadOnlyList<FirstStep>> ForAsync(Actor actor, CancellationToken cancel)
    {
        if (!DefineSegments.Rule.Allows(actor))
            return [];
        await using var db = await stores.CreateDbContextAsync(cancel);
        return
        [
            new("Source", "/sources/new", await db.Set<Source>().AnyAsync(cancel), ManageSources.Rule.Allows(actor)),
            new("Segment", "/segments/new", await db.Set<Segment>().AnyAsync(cancel), MayDo: true),
            new("Connection", "/connections/discover", await db.Set<Connection>().AnyAsync(cancel), ManageConnections.Rule.Allows(actor)),
            new("Export", "/exports/new", await db.Set<Export>().AnyAsync(cancel), MayDo: true),
            new("Run", "/exports", await db.Set<Run>().AnyAsync(cancel), MayDo: true),
        ];
    }
}

/// <param name="Name">Of its text.</param>
/// <param name="MayDo">Whether the reader may take it, or has to ask an administrator.</param>
internal sealed record FirstStep(string Name, string Href, bool IsDone, bool MayDo);
