using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>
/// Loaded sources with their fields and samples: which field holds addresses shows in the values, not in the name. Contributors may not see
/// samples (the choices of the sources room come without), so these stay on the server.
/// </summary>
internal sealed class MatchableSources(IDbContextFactory<AppDb> stores)
{
    public async Task<IReadOnlyList<MatchableSource>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        EditExports.Rule.Demand(actor, shared: true);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Source>()
            .Where(source => source.LoadedAt != null)
            .OrderBy(source => source.Name)
            .Select(source => new MatchableSource(source.Id, source.Name, source.Fields))
            .ToListAsync(cancellationToken);
    }
}

public sealed record MatchableSource(int Id, string Name, IReadOnlyList<Field> Fields);
