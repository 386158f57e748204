namespace KlaviyoExport.Sandbox.Lists;

/// <summary>
/// Who is on a list and since when, in the order they came. Leaving leaves a gap, so that places in it keep their meaning for cursors.
/// </summary>
internal sealed class Membership
{
    private const int Gone = -1;

    private readonly List<(int Row, long JoinedMs)> entries = [];
    private readonly Dictionary<int, int> places = [];

    public int Count => places.Count;

    public bool Join(int row, DateTimeOffset at)
    {
        if (!places.TryAdd(row, entries.Count))
            return false;
        entries.Add((row, at.ToUnixTimeMilliseconds()));
        return true;
    }

    public bool Leave(int row)
    {
        if (!places.Remove(row, out var place))
            return false;
        entries[place] = (Gone, 0);
        return true;
    }

    public DateTimeOffset? JoinedAt(int row) => places.TryGetValue(row, out var place) ? Time(entries[place].JoinedMs) : null;

    /// <summary>The place of a member, for cursors over a chosen few.</summary>
    public int? PlaceOf(int row) => places.TryGetValue(row, out var place) ? place : null;

    public IEnumerable<(long Place, Member Member)> Read(long? beyond, bool forward)
    {
        var step = forward ? 1 : -1;
        var start =
            beyond is { } place ? place + step
            : forward ? 0
            : entries.Count - 1;
        for (var at = (int)Math.Clamp(start, -1, entries.Count); at >= 0 && at < entries.Count; at += step)
            if (entries[at].Row != Gone)
                yield return (at, new Member(entries[at].Row, Time(entries[at].JoinedMs)));
    }

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>A profile's row and when it came onto the list.</summary>
internal readonly record struct Member(int Row, DateTimeOffset Joined);
