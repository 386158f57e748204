namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// Estimates how many calls of a rate window other clients of the account use, so that the window leaves these places to them. It
/// reserves the calls that they have already made, or the calls that they are expected to make at their last known rate, whichever is
/// more. It reserves at most half of the limit for expected calls. The reserve ends when no use was seen for a whole window.
/// </summary>
internal sealed class OtherClientsUsage(TimeSpan length)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TimeSpan _resetAt;
    private int _used;
    private int _usedBefore;
    private int _pace;

    /// <summary>Records what a response says about the current window.</summary>
    /// <param name="used">The minimum number of calls that other clients have made in the current window.</param>
    /// <param name="reset">The maximum time until the current window ends.</param>
    public void Learn(TimeSpan now, int used, TimeSpan reset)
    {
        if (now >= _resetAt || now + reset > _resetAt + (length / 2))
        {
            _usedBefore = now < _resetAt + length ? _used : 0;
            (_used, _resetAt) = (0, now + reset);
        }
        _used = Math.Max(_used, used);
        _resetAt = now + reset < _resetAt ? now + reset : _resetAt;
        // Add a second: a few calls at the very start of a window would otherwise give a rate that is far too high.
        var passed = length - (_resetAt - now) + Second;
        _pace = (int)(_used * (length / (passed > Second ? passed : Second)));
    }

    /// <summary>Returns the number of places to leave to other clients.</summary>
    public int Reserved(TimeSpan now, int limit)
    {
        if (now >= _resetAt + length)
            return 0;
        // After the reset, nothing is known about the new window except the use of the previous one.
        return now >= _resetAt ? Expected(Math.Max(_used, _pace), limit) : Math.Max(_used, Expected(Math.Max(_usedBefore, _pace), limit));
    }

    /// <summary>Returns when the reserve changes next. Null when nothing is reserved.</summary>
    public TimeSpan? NextChange(TimeSpan now) =>
        now >= _resetAt + length || (_used == 0 && _usedBefore == 0) ? null
        : now >= _resetAt ? _resetAt + length
        : _resetAt;

    private static int Expected(int calls, int limit) => Math.Min(calls, limit / 2);
}
