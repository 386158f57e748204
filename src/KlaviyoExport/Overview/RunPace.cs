using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>How many profiles a run has sent and confirmed in each interval of its time, by the times of its batches.</summary>
/// <param name="From">The start of the first interval.</param>
/// <param name="Interval">The length of an interval.</param>
/// <param name="Points">The intervals until the end of the run, or until now. At least one.</param>
public sealed record RunPace(DateTimeOffset From, TimeSpan Interval, IReadOnlyList<PacePoint> Points)
{
    /// <summary>The maximum number of intervals.</summary>
    internal const int Most = 40;

    // Lengths that are easy to read at an axis.
    private static readonly TimeSpan[] Lengths =
    [
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 2, 4, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
    ];

    /// <returns>Null when the run has not started, has ended without sending anything, or undoes another run.</returns>
    internal static RunPace? Of(RunFacts run, IReadOnlyList<BatchFacts> batches, DateTimeOffset now)
    {
        if (run.StartedAt is not { } started || run.UndoesRunId is not null)
            return null;
        var sent = batches
            .Where(batch => batch.State >= BatchState.Sent)
            .Select(batch => (At: batch.SentAt, Profiles: (long)batch.Prepared))
            .ToList();
        if (run.State.IsFinal() && sent.Count == 0)
            return null;
        var confirmed = batches
            .Where(batch => batch.State == BatchState.Confirmed)
            .Select(batch => (At: batch.ConfirmedAt, Profiles: (long)batch.Prepared))
            .ToList();
        // Nobody was working while the run waited for its approval, which can take days.
        var from = sent.Select(batch => batch.At).Append(run.ApprovedAt ?? started).Min() ?? started;
        var until = sent.Concat(confirmed).Select(batch => batch.At).Append(run.FinishedAt ?? now).Max() ?? now;
        var interval = IntervalOf(until - from);
        var points = new PacePoint[IndexOf(until) + 1];
        Array.Fill(points, new PacePoint(0, 0));
        foreach (var (at, profiles) in sent.Where(batch => batch.At is not null))
            points[IndexOf(at!.Value)] = points[IndexOf(at.Value)].And(profiles, 0);
        foreach (var (at, profiles) in confirmed.Where(batch => batch.At is not null))
            points[IndexOf(at!.Value)] = points[IndexOf(at.Value)].And(0, profiles);
        return new RunPace(from, interval, points);

        int IndexOf(DateTimeOffset at) => Math.Max(0, (int)((at - from) / interval));
    }

    private static TimeSpan IntervalOf(TimeSpan length) =>
        Array.Find(Lengths, interval => length < interval * Most) is { Ticks: > 0 } fits
            ? fits
            : TimeSpan.FromDays(Math.Floor(length / TimeSpan.FromDays(1) / Most) + 1);
}

/// <summary>The numbers of profiles that were sent and confirmed in an interval.</summary>
public sealed record PacePoint(long Sent, long Confirmed)
{
    internal PacePoint And(long sent, long confirmed) => new(Sent + sent, Confirmed + confirmed);
}
