using KlaviyoExport.Data;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

/// <summary>
/// Replaces the references in definitions by the definitions of the other segments. Data with a circle, which the product does not save, is
/// refused and never followed twice.
/// </summary>
internal sealed class SegmentReferences
{
    /// <summary>The maximum number of conditions of a segment together with all segments that it refers to.</summary>
    public const int MaxConditions = 500;

    /// <summary>The maximum number of segments that refer to each other in a chain.</summary>
    public const int MaxChain = 20;

    private readonly IReadOnlyDictionary<int, Segment> _segments;
    private readonly IReadOnlyList<Field> _fields;
    private readonly Dictionary<int, (KeyCondition Key, int Conditions)> _resolved = [];

    /// <param name="segments">The segments of the source.</param>
    /// <param name="fields">The fields of the source.</param>
    public SegmentReferences(IEnumerable<Segment> segments, IReadOnlyList<Field> fields) =>
        (_segments, _fields) = (segments.ToDictionary(segment => segment.Id), fields);

    /// <summary>Reads the segments of a source, if any of the definitions refers to one.</summary>
    public static async Task<IReadOnlyList<Segment>> ReadAsync(
        IDbContextFactory<AppDb> stores,
        int sourceId,
        IEnumerable<SegmentDefinition> definitions,
        CancellationToken cancellationToken
    )
    {
        if (definitions.All(definition => SegmentTree.ReferencesIn(definition).Count == 0))
            return [];
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Segment>().AsNoTracking().Where(segment => segment.SourceId == sourceId).ToListAsync(cancellationToken);
    }

    /// <summary>Returns segments of one source together with all segments that they refer to, directly or through others. Each once.</summary>
    public static async Task<IReadOnlyCollection<Segment>> ReachedAsync(
        AppDb db,
        IReadOnlyCollection<Segment> segments,
        CancellationToken cancellationToken
    )
    {
        var reached = segments.DistinctBy(segment => segment.Id).ToDictionary(segment => segment.Id);
        for (var open = reached.Values.ToList(); open.Count > 0; )
        {
            var ids = open.SelectMany(segment => SegmentTree.ReferencesIn(segment.Definition))
                .Where(id => !reached.ContainsKey(id))
                .ToList();
            open =
                ids.Count == 0
                    ? []
                    : await db.Set<Segment>().AsNoTracking().Where(segment => ids.Contains(segment.Id)).ToListAsync(cancellationToken);
            foreach (var segment in open)
                reached.Add(segment.Id, segment);
        }
        return reached.Values;
    }

    /// <summary>Resolves the definition of a stored segment.</summary>
    /// <exception cref="SegmentUnreadableException">The segment or one that it refers to cannot be read. The message names both.</exception>
    public KeyCondition Resolve(Segment segment) => Key(segment, []).Key;

    /// <summary>Resolves a definition that need not be saved.</summary>
    /// <param name="definition">A definition without faults of its own.</param>
    /// <exception cref="SegmentUnreadableException">A segment that it refers to cannot be read. The message names it.</exception>
    public SegmentDefinition Resolve(SegmentDefinition definition) => Resolve(definition, []).Definition;

    private (KeyCondition Key, int Conditions) Key(Segment segment, IReadOnlyList<Segment> path)
    {
        if (_resolved.TryGetValue(segment.Id, out var known) && segment.Id != 0)
            return known;
        try
        {
            if (SegmentRules.Validate(segment.Definition, _fields) is [var fault, ..])
                throw new SegmentUnreadableException(fault.LocalizedMessage);
            var (definition, conditions) = Resolve(segment.Definition, [.. path, segment]);
            return _resolved[segment.Id] = (new KeyCondition(segment.Name, definition), conditions);
        }
        catch (SegmentUnreadableException fault)
        {
            throw new SegmentUnreadableException(new LocalizedMessage("Segments.CannotRead", segment.Name, fault.LocalizedMessage));
        }
    }

    private (SegmentDefinition Definition, int Conditions) Resolve(SegmentDefinition definition, IReadOnlyList<Segment> path)
    {
        if (definition is not ConditionSegment { Root: var root })
            return (definition, 1);
        var conditions = 0;
        var resolved = (ConditionGroup)Of(root);
        return conditions <= MaxConditions
            ? (new ConditionSegment(resolved), conditions)
            : throw new SegmentUnreadableException(new LocalizedMessage("Segments.TooManyTogether", MaxConditions));

        ConditionNode Of(ConditionNode node)
        {
            if (node is ConditionGroup group)
                return group with { Parts = [.. group.Parts.Select(Of)] };
            conditions++;
            if (node is not SegmentCondition reference)
                return node;
            var (key, within) = Key(Referenced(reference.SegmentId, path), path);
            conditions += within;
            return reference.IsMember ? key : new ConditionGroup(GroupKind.None, [key]);
        }
    }

    private Segment Referenced(int id, IReadOnlyList<Segment> path)
    {
        if (!_segments.TryGetValue(id, out var segment))
            throw new SegmentUnreadableException(new LocalizedMessage("Segments.ReferenceGone"));
        if (path.Any(user => user.Id == id))
            throw new SegmentUnreadableException(
                new LocalizedMessage(
                    "Segments.Circle",
                    string.Join(" → ", path.SkipWhile(user => user.Id != id).Append(segment).Select(user => user.Name))
                )
            );
        return path.Count < MaxChain
            ? segment
            : throw new SegmentUnreadableException(new LocalizedMessage("Segments.ChainTooLong", MaxChain));
    }
}
