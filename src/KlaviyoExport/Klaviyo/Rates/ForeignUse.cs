namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// How much of a window other clients of the account use, and how many of its places are therefore left to them: as many as they have used
/// already, and as many as they will want if they go on as they did when last seen, but no more than half for what is only expected. Who
/// uses nothing in a whole window has left.
/// </summary>
internal sealed class ForeignUse(TimeSpan length)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TimeSpan _resetAt;
    private int _used;
    private int _usedBefore;
    private int _pace;

    /// <param name="used">Calls of the running window that were not ours, at least.</param>
    /// <param name="reset">When the running window is over at the latest, from now.</param>
    public void Learn(TimeSpan now, int used, TimeSpan reset)
    {
        if (now >= _resetAt || now + reset > _resetAt + (length / 2))
        {
            _usedBefore = now < _resetAt + length ? _used : 0;
            (_used, _resetAt) = (0, now + reset);
        }
        _used = Math.Max(_used, used);
        _resetAt = now + reset < _resetAt ? now + reset : _resetAt;
        // What was made in the first instant says nothing of a minute.
        var passed = length - (_resetAt - now) + Second;
        _pace = (int)(_used * (length / (passed > Second ? passed : Second)));
    }

    public int Reserved(TimeSpan now, int limit)
    {
        if (now >= _resetAt + length)
            return 0;
        // Past the reset nothing is known of the new window but how they used the last one.
        return now >= _resetAt ? Expected(Math.Max(_used, _pace), limit) : Math.Max(_used, Expected(Math.Max(_usedBefore, _pace), limit));
    }

    /// <summary>Null when nothing is reserved.</summary>
    public TimeSpan? NextChange(TimeSpan now) =>
        now >= _resetAt + length || (_used == 0 && _usedBefore == 0) ? null
        : now >= _resetAt ? _resetAt + length
        : _resetAt;

    private static int Expected(int calls, int limit) => Math.Min(calls, limit / 2);
}
