using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Applying;

/// <summary>Adds, changes and removes segments as a file says.</summary>
internal sealed class SegmentApply(IDbContextFactory<AppDb> stores, SegmentService segments)
{
    public async Task SaveAsync(Actor actor, DeclaredSegment wanted, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var known = await db.Set<Segment>()
            .AsNoTracking()
            .Select(segment => new
            {
                segment.Id,
                segment.Name,
                segment.Version,
            })
            .ToDictionaryAsync(segment => segment.Name, cancellationToken);
        var stored = known.GetValueOrDefault(wanted.Name.Text);
        await segments.SaveAsync(
            actor,
            new SegmentDraft
            {
                Id = stored?.Id,
                Name = wanted.Name.Text,
                SourceId = await db.Set<Source>()
                    .Where(source => source.Name == wanted.Source.Text)
                    .Select(source => (int?)source.Id)
                    .SingleOrDefaultAsync(cancellationToken),
                Definition = wanted.Membership is { } membership
                    ? membership
                    : new ConditionSegment((ConditionGroup)Resolved(wanted.Conditions!, name => known.GetValueOrDefault(name)?.Id ?? 0)),
                Version = stored?.Version ?? 0,
            },
            cancellationToken
        );
    }

    /// <summary>Removes a segment that nothing uses.</summary>
    public async Task RemoveAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var id = await db.Set<Segment>()
            .Where(segment => segment.Name == name)
            .Select(segment => (int?)segment.Id)
            .SingleOrDefaultAsync(cancellationToken);
        if (id is { } found)
            await segments.RemoveAsync(actor, found, cancellationToken);
    }

    private static ConditionNode Resolved(ConditionNode node, Func<string, int> idOf) =>
        node switch
        {
            ConditionGroup group => group with { Parts = [.. group.Parts.Select(part => Resolved(part, idOf))] },
            NamedSegment named => new SegmentCondition(idOf(named.Name.Text), named.IsMember),
            _ => node,
        };
}
