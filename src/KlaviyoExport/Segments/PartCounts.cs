using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

/// <summary>Counts the conditions and groups of a definition, so that a person sees what each of them does.</summary>
public sealed class PartCounts(IDbContextFactory<AppDb> stores, SegmentReader reader)
{
    /// <summary>
    /// Counts each condition and group of a definition alone and within the whole, for people who define segments. It reads the source
    /// once, or a few times for many conditions, which takes a while for a large source.
    /// </summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="sourceId">The source.</param>
    /// <param name="definition">The definition, which need not be saved.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <returns>The parts below the root, in the order of the tree. Empty for a membership table.</returns>
    /// <exception cref="LocalizedException">The source or the definition cannot be read.</exception>
    public async Task<IReadOnlyList<PartCount>> CountAsync(
        Actor actor,
        int sourceId,
        SegmentDefinition definition,
        CancellationToken cancellationToken
    )
    {
        DefineSegments.Rule.Demand(actor);
        if (definition is not ConditionSegment { Root: var root } || root.Parts.Count == 0)
            return [];
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var source =
            await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Id == sourceId, cancellationToken)
            ?? throw new SourceException(new LocalizedMessage("Sources.Gone"));
        List<(IReadOnlyList<int> Path, ConditionNode Part)> parts = [.. PartsOf(root, [])];
        IEnumerable<ConditionGroup> alone = parts.Select(part => new ConditionGroup(GroupKind.All, [part.Part]));
        var without = parts.Select(part => Without(root, part.Path));
        IReadOnlyList<SegmentDefinition> definitions =
        [
            .. alone.Concat(without).Prepend(root).Select(group => new ConditionSegment(group)),
        ];
        var counts = await reader.CountEachAsync(source, definitions, cancellationToken);
        return [.. parts.Select((part, i) => new PartCount(part.Path, counts[1 + i], counts[1 + parts.Count + i] - counts[0]))];
    }

    private static IEnumerable<(IReadOnlyList<int> Path, ConditionNode Part)> PartsOf(ConditionGroup group, IReadOnlyList<int> path) =>
        group.Parts.SelectMany(
            (part, i) =>
            {
                IReadOnlyList<int> here = [.. path, i];
                return (part is ConditionGroup inner ? PartsOf(inner, here) : []).Prepend((here, part));
            }
        );

    private static ConditionGroup Without(ConditionGroup group, IReadOnlyList<int> path) =>
        path is [var only]
            ? group with
            {
                Parts = [.. group.Parts.Where((_, i) => i != only)],
            }
            : group with
            {
                Parts = [.. group.Parts.Select((part, i) => i == path[0] ? Without((ConditionGroup)part, [.. path.Skip(1)]) : part)],
            };
}

/// <summary>The counts of a part of a definition.</summary>
/// <param name="Path">The path from the root to the part: the index among the parts of each group.</param>
/// <param name="Alone">The number of profiles that meet the part, whatever the rest of the definition says.</param>
/// <param name="Dropped">
/// How many more members the segment would have without the part. Negative when the part adds members, as in a group of alternatives.
/// </param>
public sealed record PartCount(IReadOnlyList<int> Path, long Alone, long Dropped);
