using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>The last seven days in UTC, for queries that count the runs of each day in the database.</summary>
internal sealed class Week
{
    private const int Length = 7;

    private readonly DateTimeOffset[] _starts;

    private Week(DateOnly today)
    {
        Days = [.. Enumerable.Range(1 - Length, Length).Select(today.AddDays)];
        _starts = [.. Days.Select(day => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero))];
    }

    /// <summary>The days, the oldest first.</summary>
    public IReadOnlyList<DateOnly> Days { get; }

    /// <summary>Returns the seven days that end with the day of a time.</summary>
    public static Week Until(DateTimeOffset now) => new(DateOnly.FromDateTime(now.UtcDateTime));

    /// <summary>Returns the runs that ended in the week, each with its day as an index into <see cref="Days"/>.</summary>
    public IQueryable<RunOfWeek> Of(IQueryable<Run> runs)
    {
        var (d0, d1, d2, d3, d4, d5, d6) = (_starts[0], _starts[1], _starts[2], _starts[3], _starts[4], _starts[5], _starts[6]);
        return runs.Where(run => run.FinishedAt >= d0)
            .Select(run => new RunOfWeek
            {
                ExportId = run.ExportId,
                Day =
                    run.FinishedAt >= d6 ? 6
                    : run.FinishedAt >= d5 ? 5
                    : run.FinishedAt >= d4 ? 4
                    : run.FinishedAt >= d3 ? 3
                    : run.FinishedAt >= d2 ? 2
                    : run.FinishedAt >= d1 ? 1
                    : 0,
                State = run.State,
                Accepted = run.Ledger.Accepted,
                Refused = run.Ledger.Refused,
            });
    }

    internal sealed class RunOfWeek
    {
        public int ExportId { get; init; }

        public int Day { get; init; }

        public RunState State { get; init; }

        public long Accepted { get; init; }

        public long Refused { get; init; }
    }
}
