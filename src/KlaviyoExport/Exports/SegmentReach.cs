using KlaviyoExport.Segments;

namespace KlaviyoExport.Exports;

/// <summary>Finds segments together with those that they refer to, directly or through others.</summary>
internal sealed class SegmentReach(IReadOnlyList<Segment> segments)
{
    private readonly Dictionary<int, IReadOnlyList<int>> _references = segments.ToDictionary(
        segment => segment.Id,
        segment => SegmentTree.ReferencesIn(segment.Definition)
    );

    /// <summary>Returns the ids of all segments that are reached from some, with those themselves. Each once.</summary>
    public IReadOnlyCollection<int> From(IEnumerable<int> ids)
    {
        var reached = new HashSet<int>();
        var open = new Queue<int>(ids);
        while (open.TryDequeue(out var id))
        {
            if (!reached.Add(id))
                continue;
            foreach (var next in _references.GetValueOrDefault(id) ?? [])
                open.Enqueue(next);
        }
        return reached;
    }
}
