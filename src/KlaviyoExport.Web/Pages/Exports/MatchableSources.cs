using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>
/// Reads loaded sources with their fields and sample values. The sample values show which field holds email addresses. Contributors must
/// not see sample values, so do not render them.
/// </summary>
internal sealed class MatchableSources(IDbContextFactory<AppDb> stores, SourceSamples samples)
{
    public async Task<IReadOnlyList<MatchableSource>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        EditExports.Rule.Demand(actor, shared: true);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var sources = await db.Set<Source>()
            .AsNoTracking()
            .Where(source => source.LoadedAt != null)
            .OrderBy(source => source.Name)
            .ToListAsync(cancellationToken);
        sources.ForEach(samples.Reveal);
        return sources.ConvertAll(source => new MatchableSource(source.Id, source.Name, source.Fields));
    }
}

/// <summary>A loaded source with its fields, including sample values.</summary>
public sealed record MatchableSource(int Id, string Name, IReadOnlyList<Field> Fields);
