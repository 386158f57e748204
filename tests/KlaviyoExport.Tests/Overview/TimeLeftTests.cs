using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using static KlaviyoExport.Tests.Overview.RunTimes;

namespace KlaviyoExport.Tests.Overview;

public sealed class TimeLeftTests
{
    [Fact]
    public void The_slowest_step_decides()
    {
        var run = Run(Stage.Send, 60_000, 90_000, (Stage.Send, 3_000), (Stage.Confirm, 1_000));

        Assert.Equal(Left(seconds: 80), Of(run, Batches(confirmed: 1, sent: 5, waiting: 3)));
    }

    [Fact]
    public void While_members_are_read_as_many_are_expected_to_be_sent_as_before()
    {
        // Half of those who were read are prepared, so 50,000 of 100,000 will be: 40,000 are left to confirm.
        var run = Run(Stage.Prepare, 60_000, 100_000, (Stage.Prepare, 10_000), (Stage.Send, 2_000), (Stage.Confirm, 500));

        Assert.Equal(Left(seconds: 80), Of(run, Batches(confirmed: 1, sent: 1, waiting: 1)));
    }

    [Fact]
    public void As_long_as_nothing_is_confirmed_the_time_is_the_least() =>
        Assert.Equal(Left(seconds: 10, isLeast: true), Of(Run(Stage.Send, 60_000, 90_000, (Stage.Send, 3_000)), Batches(0, 6, 3)));

    [Fact]
    public void A_run_that_has_sent_everything_waits_for_jobs_and_tells_no_time() =>
        Assert.Null(Of(Run(Stage.Confirm, 0, 90_000, (Stage.Send, 3_000)), Batches(0, 9)));

    [Fact]
    public void The_time_is_not_shorter_than_the_limits_allow()
    {
        // 310 calls: 10 at once, and 300 at 150 a minute.
        var run = Run(Stage.Send, 0, 3_100_000, (Stage.Send, 1_000_000), (Stage.Confirm, 1_000_000));

        Assert.Equal(Left(seconds: 120), Of(run, Batches(waiting: 310)));
    }

    [Fact]
    public void Removals_come_after_everything_else()
    {
        var run = Run(Stage.Confirm, 80_000, 90_000, (Stage.Confirm, 100)) with
        {
            SyncMode = SyncMode.Mirror,
            Ledger = new Ledger
            {
                Members = 90_000,
                Prepared = 90_000,
                Leaving = 10,
            },
        };

        Assert.Equal(Left(seconds: 100, isLeast: true), Of(run, Batches(8, 1)));
    }

    [Fact]
    public void The_time_of_removals_is_told() =>
        Assert.Equal(Left(seconds: 6), Of(Run(Stage.Remove, 1_000, 4_000, (Stage.Remove, 500)), Batches(confirmed: 9)));

    [Fact]
    public void The_last_profiles_take_at_least_a_second() =>
        Assert.Equal(Left(seconds: 1), Of(Run(Stage.Confirm, 89_999, 90_000, (Stage.Confirm, 5_000)), Batches(8, 1)));

    [Fact]
    public void A_time_beyond_a_month_is_not_told() =>
        Assert.Null(Of(Run(Stage.Confirm, 1, 90_000, (Stage.Confirm, 0.001)), Batches(0, 9)));

    /// <summary>Random runs with overlapping steps, whose rates are measured as an execution does.</summary>
    [Fact]
    public void The_time_is_positive_while_work_remains_and_not_told_when_nothing_moves()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var clock = new TestClock();
            var meters = new RunMeters(clock);
            const int batches = 40;
            var (members, read, sent, confirmed, told) = (batches * 10_000L, 0L, 0, 0, 0);
            while (confirmed < batches)
            {
                read = Math.Min(members, read + random.NextInt64(30_000));
                sent = Math.Min((int)(read / 10_000), sent + random.Next(3));
                confirmed = Math.Min(sent, confirmed + random.Next(3));
                var stalls = random.Next(40) == 0;
                clock.Advance(TimeSpan.FromSeconds(stalls ? 90 : random.Next(1, 4)));
                var stage =
                    read < members ? Stage.Prepare
                    : sent < batches ? Stage.Send
                    : Stage.Confirm;
                if (!stalls)
                {
                    meters.Count(Stage.Prepare, read);
                    meters.Count(Stage.Send, sent * 10_000L);
                    meters.Count(Stage.Confirm, confirmed * 10_000L);
                }
                var done = meters.DoneOf(stage);
                var run = Run(stage, done, members) with
                {
                    Reading = meters.Read(stage, members, null) with { At = Now },
                    Ledger = stage == Stage.Prepare ? new Ledger() : new Ledger { Members = members, Prepared = members },
                };
                var left = Of(run, Batches(confirmed, sent - confirmed, (int)(read / 10_000) - sent));
                Assert.True(left is null || left.Length >= TimeSpan.FromSeconds(1), $"seed {seed}: {left}");
                Assert.True(left is null || confirmed < batches, $"seed {seed}: {left} when everything is confirmed");
                Assert.True(left is null || !stalls, $"seed {seed}: {left} when nothing has moved for long");
                told += left is null ? 0 : 1;
            }
            Assert.True(told > 0, $"seed {seed}: never told");
        }
    }

    private static TimeLeft Left(int seconds, bool isLeast = false) => new(TimeSpan.FromSeconds(seconds), isLeast);

    private static TimeLeft? Of(RunFacts run, IReadOnlyList<BatchFacts> batches) =>
        TimeLeft.Of(run, RunSteps.Of(run, batches, Now), batches);
}
