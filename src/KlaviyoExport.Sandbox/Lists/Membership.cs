namespace KlaviyoExport.Sandbox.Lists;

/// <summary>
/// The members of a list and when they were added, in order. A removed member leaves a gap, so that positions remain valid for cursors.
/// </summary>
internal sealed class Membership
{
    private const int Gone = -1;

    private readonly List<(int Row, long JoinedMs)> _entries = [];
    private readonly Dictionary<int, int> _places = [];

    public int Count => _places.Count;

    public bool Join(int row, DateTimeOffset at)
    {
        if (!_places.TryAdd(row, _entries.Count))
            return false;
        _entries.Add((row, at.ToUnixTimeMilliseconds()));
        return true;
    }

    public bool Leave(int row)
    {
        if (!_places.Remove(row, out var place))
            return false;
        _entries[place] = (Gone, 0);
        return true;
    }

    public DateTimeOffset? JoinedAt(int row) => _places.TryGetValue(row, out var place) ? Time(_entries[place].JoinedMs) : null;

    /// <summary>The position of a member, for cursors over filtered members.</summary>
    public int? PlaceOf(int row) => _places.TryGetValue(row, out var place) ? place : null;

    public IEnumerable<(long Place, Member Member)> Read(long? beyond, bool forward)
    {
        var step = forward ? 1 : -1;
        var start =
            beyond is { } place ? place + step
            : forward ? 0
            : _entries.Count - 1;
        for (var at = (int)Math.Clamp(start, -1, _entries.Count); at >= 0 && at < _entries.Count; at += step)
            if (_entries[at].Row != Gone)
                yield return (at, new Member(_entries[at].Row, Time(_entries[at].JoinedMs)));
    }

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>The row of a profile, and when it was added to the list.</summary>
internal readonly record struct Member(int Row, DateTimeOffset Joined);
