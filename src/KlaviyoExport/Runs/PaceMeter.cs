namespace KlaviyoExport.Runs;

/// <summary>
/// Measures how fast a count grows, over the last minute or since its first value, whichever is shorter. The first value does not count:
/// it was reached before. All times are relative to an epoch that the caller chooses. Not thread-safe.
/// </summary>
internal sealed class PaceMeter
{
    /// <summary>The period over which the rate is measured.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>The shortest period over which a rate can be told.</summary>
    public static readonly TimeSpan TooEarlyToTell = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    // The first sample is the last one before the window, or the first of all.
    private readonly Queue<Sample> _samples = new();
    private Sample _last;
    private Sample _latest;

    /// <summary>Records the count. A count that has decreased, for example because a job was lost, starts the measurement again.</summary>
    public void Note(TimeSpan now, long done)
    {
        if (_samples.Count == 0 || done < _latest.Done)
        {
            _samples.Clear();
            _last = new Sample(now, done);
            _samples.Enqueue(_last);
        }
        _latest = new Sample(now, done);
        if (now - _last.At < Apart || done == _last.Done)
            return;
        _last = _latest;
        _samples.Enqueue(_last);
        while (_samples.Skip(1).First().At <= now - Window)
            _samples.Dequeue();
    }

    /// <returns>The growth per second. Null when it is too early to tell, or when nothing has grown within the window.</returns>
    public double? Rate(TimeSpan now)
    {
        var from = now - Window;
        if (_samples.Count == 0 || _latest.At <= from)
            return null;
        var start = _samples.TakeWhile((sample, index) => index == 0 || sample.At <= from).Last();
        var length = now - (start.At > from ? start.At : from);
        var grown = _latest.Done - start.Done;
        return length < TooEarlyToTell || grown <= 0 ? null : grown / length.TotalSeconds;
    }

    private readonly record struct Sample(TimeSpan At, long Done);
}
