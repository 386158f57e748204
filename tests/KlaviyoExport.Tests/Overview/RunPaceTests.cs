using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Tests.Overview;

public class RunPaceTests
{
    private static readonly DateTimeOffset Start = RunTimes.Now;

    [Fact]
    public void Batches_count_in_the_intervals_in_which_they_were_sent_and_confirmed()
    {
        var pace = PaceOf(
            Run(ended: 4),
            Start,
            Batch(BatchState.Confirmed, 10_000, sent: 0, confirmed: 2.5),
            Batch(BatchState.Confirmed, 7_000, sent: .5, confirmed: 4),
            Batch(BatchState.Sent, 3_000, sent: 2, confirmed: null),
            Batch(BatchState.Prepared, 500, sent: 1, confirmed: null)
        )!;

        Assert.Equal((Start, TimeSpan.FromSeconds(1)), (pace.From, pace.Interval));
        Assert.Equal([17_000, 0, 3_000, 0, 0], pace.Points.Select(point => point.Sent));
        Assert.Equal([0, 0, 10_000, 0, 7_000], pace.Points.Select(point => point.Confirmed));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(39, 1, 40)]
    [InlineData(40, 2, 21)]
    [InlineData(1_200, 60, 21)]
    [InlineData(86_400, 3_600, 25)]
    [InlineData(86_400 * 25, 86_400, 26)]
    [InlineData(86_400 * 40, 86_400 * 2, 21)]
    public void Long_runs_have_longer_intervals_so_that_there_are_never_more_than_forty(int seconds, int interval, int points)
    {
        var pace = PaceOf(Run(ended: null), Start.AddSeconds(seconds))!;

        Assert.Equal((TimeSpan.FromSeconds(interval), points), (pace.Interval, pace.Points.Count));
        Assert.InRange(pace.Points.Count, 1, RunPace.Most);
    }

    [Fact]
    public void The_wait_for_an_approval_is_left_out()
    {
        var run = Run(ended: null);
        run.ApprovedAt = Start.AddDays(1);

        var pace = PaceOf(run, Start.AddDays(1).AddSeconds(5), Batch(BatchState.Sent, 10, sent: 86_401, confirmed: null))!;

        Assert.Equal((Start.AddDays(1), TimeSpan.FromSeconds(1), 6), (pace.From, pace.Interval, pace.Points.Count));
        Assert.Equal(10, pace.Points[1].Sent);
    }

    [Fact]
    public void A_run_that_has_not_started_sent_nothing_or_undoes_another_has_no_pace()
    {
        var failed = Run(ended: 1);
        failed.State = RunState.FailedPermanent;
        Assert.Null(PaceOf(failed, Start, Batch(BatchState.Prepared, 10, sent: 0, confirmed: null)));
        Assert.NotNull(PaceOf(failed, Start, Batch(BatchState.Sent, 10, sent: 0, confirmed: null)));

        var waiting = Run(ended: null);
        waiting.StartedAt = null;
        var undo = Run(ended: null);
        undo.UndoesRunId = 1;

        Assert.Null(PaceOf(waiting, Start));
        Assert.Null(PaceOf(undo, Start));
    }

    private static RunPace? PaceOf(Run run, DateTimeOffset now, params BatchFacts[] batches) => RunPace.Of(RunTimes.Of(run), batches, now);

    private static Run Run(double? ended) =>
        new()
        {
            AccountId = "A",
            ListId = "L",
            RequestedBy = "Ana",
            StartedAt = Start,
            FinishedAt = ended is { } seconds ? Start.AddSeconds(seconds) : null,
        };

    private static BatchFacts Batch(BatchState state, int profiles, double sent, double? confirmed) =>
        new(1, state, profiles, 0, 0, 0, null, 0, Start.AddSeconds(sent), confirmed is { } at ? Start.AddSeconds(at) : null);
}
