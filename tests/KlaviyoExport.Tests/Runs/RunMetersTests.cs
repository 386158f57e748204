using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Tests.Runs;

public sealed class RunMetersTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();
    private readonly RunMeters _meters;

    public RunMetersTests() => _meters = new RunMeters(_clock);

    [Fact]
    public void A_source_without_rows_is_told_after_two_seconds_with_the_time_of_the_last_row()
    {
        _meters.Count(Stage.Prepare, 10);
        Assert.Null(Pass(1).Wait);

        var wait = Pass(2).Wait!;

        Assert.Equal((RunWaitKind.Source, _clock.GetUtcNow() - (3 * Second)), (wait.Kind, wait.Since));
        _meters.Count(Stage.Prepare, 11);
        Assert.Null(Pass(0).Wait);
    }

    [Fact]
    public void A_source_that_has_sent_no_row_at_all_is_told() => Assert.Equal(RunWaitKind.Source, Pass(3).Wait?.Kind);

    [Fact]
    public void When_all_members_are_read_the_run_does_not_wait_for_the_source()
    {
        _meters.Count(Stage.Prepare, 10);
        _clock.Advance(3 * Second);

        Assert.Equal(RunWaitKind.Store, _meters.Read(Stage.Prepare, 10, null).Wait?.Kind);
    }

    [Fact]
    public void While_batches_are_sent_a_slow_source_is_not_what_the_run_waits_for()
    {
        _meters.Count(Stage.Prepare, 10);
        _meters.Count(Stage.Send, 0);
        Pass(5);
        _meters.Count(Stage.Send, 5);

        Assert.Null(Pass(1).Wait);
        Assert.Equal(RunWaitKind.Source, Pass(2).Wait?.Kind);
    }

    [Fact]
    public void A_limit_comes_first_and_says_what_is_known_about_it()
    {
        _meters.Count(Stage.Prepare, 10);
        _clock.Advance(5 * Second);

        var wait = _meters.Read(Stage.Prepare, null, new LimitWait("get_profiles", 3 * Second, 7 * Second, true, true)).Wait;

        Assert.Equal(
            new RunWait(RunWaitKind.Limit, _clock.GetUtcNow() - (3 * Second))
            {
                Endpoint = "get_profiles",
                Until = _clock.GetUtcNow() + (7 * Second),
                IsPaused = true,
                IsShared = true,
            },
            wait
        );
    }

    [Fact]
    public void A_short_wait_for_a_limit_is_not_told() =>
        Assert.Null(_meters.Read(Stage.Send, 10, new LimitWait("get_profiles", 1.9 * Second, null, false, false)).Wait);

    [Fact]
    public void Jobs_are_told_until_they_have_moved()
    {
        Jobs(3);
        Assert.Equal((RunWaitKind.Jobs, 12), (Confirming().Wait?.Kind, Confirming().Wait?.OpenJobs));

        Jobs(0);
        Assert.Null(Confirming().Wait);

        Jobs(5);
        _meters.Resume(RunWaitKind.Jobs);
        Assert.Null(Confirming().Wait);
    }

    [Fact]
    public void While_batches_are_sent_the_run_does_not_wait_for_jobs()
    {
        _meters.Count(Stage.Send, 0);
        Jobs(60);
        Pass(1);
        _meters.Count(Stage.Send, 10_000);

        Assert.Null(Pass(1, Stage.Send).Wait);
        Assert.Equal(RunWaitKind.Jobs, Pass(2, Stage.Send).Wait?.Kind);
    }

    [Fact]
    public void Each_step_has_a_rate_of_its_own()
    {
        _meters.Count(Stage.Prepare, 0);
        _meters.Count(Stage.Send, 40_000);
        for (var second = 1; second <= 10; second++)
        {
            _meters.Count(Stage.Prepare, second * 5_000);
            _meters.Count(Stage.Send, 40_000 + (second * 1_000));
            Pass(1);
        }

        var rates = Pass(0).Rates;

        Assert.Equal([Stage.Prepare, Stage.Send], rates.Keys.Order());
        Assert.Equal((5_000, 1_000), (rates[Stage.Prepare], rates[Stage.Send]));
    }

    [Fact]
    public async Task Several_tasks_may_count_and_wait_at_once()
    {
        await Task.WhenAll(
            new[] { Stage.Prepare, Stage.Send, Stage.Confirm }.Select(step =>
                Task.Run(() =>
                {
                    for (var count = 1; count <= 20_000; count++)
                    {
                        _meters.Count(step, count);
                        if (count % 500 != 0)
                            continue;
                        Jobs(count % 3);
                        _meters.Read(step, null, null);
                    }
                })
            )
        );

        Assert.All(new[] { Stage.Prepare, Stage.Send, Stage.Confirm }, step => Assert.Equal(20_000, _meters.DoneOf(step)));
    }

    private RunReading Pass(int seconds, Stage stage = Stage.Prepare)
    {
        _clock.Advance(seconds * Second);
        return _meters.Read(stage, null, null);
    }

    private RunReading Confirming() => _meters.Read(Stage.Confirm, 100, null);

    private void Jobs(int secondsAgo) =>
        _meters.Wait(new RunWait(RunWaitKind.Jobs, _clock.GetUtcNow() - (secondsAgo * Second)) { OpenJobs = 12 });
}
