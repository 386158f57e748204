using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Runs;

/// <summary>The progress of a run that is executed by hand, with the test's clock.</summary>
public sealed class RunProgressTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();
    private Workbench _bench = null!;
    private RunClaim _claim = null!;
    private RunProgress _progress = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunJournal Journal => _bench.Product.Get<RunJournal>();

    public async ValueTask InitializeAsync()
    {
        _bench = await Workbench.CreateAsync(Customer.Many(1), clock: _clock);
        _claim = await _bench.Product.Get<RunClaims>().TakeAsync(await _bench.FindAsync(await _bench.QueueAsync()), Cancel);
        await Journal.EnterAsync(_claim, Stage.Prepare, 100, Cancel);
        _progress = Journal.Progress(_claim, "quota", Stage.Prepare, 100);
    }

    public async ValueTask DisposeAsync()
    {
        await _progress.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Progress_is_stored_at_most_twice_a_second()
    {
        await _progress.ReportAsync(1, Cancel);
        await _progress.ReportAsync(2, Cancel);
        Assert.Equal(1, (await ReadAsync()).Done);

        _clock.Advance(Second / 2);
        await _progress.ReportAsync(3, Cancel);
        Assert.Equal((3, 100), ((await ReadAsync()).Done, (await ReadAsync()).Total));
    }

    [Fact]
    public async Task The_run_shows_the_step_of_its_stage_while_the_others_are_counted_too()
    {
        await _progress.ReportAsync(Stage.Send, 40, Cancel);
        _clock.Advance(Second);
        await _progress.ReportAsync(70, Cancel);
        Assert.Equal(70, (await ReadAsync()).Done);

        await Journal.EnterAsync(_claim, Stage.Send, 90, Cancel);
        _progress.Enter(Stage.Send, 90);
        _clock.Advance(Second);
        await _progress.ReportAsync(Stage.Prepare, 100, Cancel);

        Assert.Equal((40, 90), ((await ReadAsync()).Done, (await ReadAsync()).Total));
    }

    [Fact]
    public async Task What_a_silent_run_waits_for_is_stored_without_a_report()
    {
        _progress.Enter(Stage.Confirm, 100);
        await Journal.EnterAsync(_claim, Stage.Send, 100, Cancel);
        await Journal.EnterAsync(_claim, Stage.Confirm, 100, Cancel);
        _progress.Waits(new RunWait(RunWaitKind.Jobs, _clock.GetUtcNow()) { OpenJobs = 3 });

        await BeatUntilAsync(run => run.Reading?.Wait is { Kind: RunWaitKind.Jobs, OpenJobs: 3 });

        _progress.Resumes(RunWaitKind.Jobs);
        await BeatUntilAsync(run => run.Reading is { Wait: null });
    }

    [Fact]
    public async Task A_source_that_sends_nothing_is_stored_without_a_report() =>
        await BeatUntilAsync(run => run.Reading?.Wait?.Kind == RunWaitKind.Source);

    [Fact]
    public async Task Nothing_is_left_of_a_wait_when_the_next_stage_begins()
    {
        await BeatUntilAsync(run => run.Reading?.Wait is not null);
        await _progress.DisposeAsync();
        await Journal.EnterAsync(_claim, Stage.Send, 1, Cancel);

        _clock.Advance(10 * Second);

        Assert.Null((await ReadAsync()).Reading);
    }

    [Fact]
    public async Task An_execution_that_has_lost_its_claim_stores_nothing_and_its_tasks_learn_it()
    {
        await _progress.ReportAsync(1, Cancel);
        await _bench.Product.Get<RunClaims>().TakeAsync(await ReadAsync(), Cancel);
        _clock.Advance(Second);

        await Assert.ThrowsAsync<RunTakenOverException>(() => _progress.ReportAsync(2, Cancel).AsTask());
        await Assert.ThrowsAsync<RunTakenOverException>(() => _progress.ReportAsync(Stage.Send, 2, Cancel).AsTask());

        Assert.Equal(1, (await ReadAsync()).Done);
    }

    [Fact]
    public async Task Several_tasks_may_report_at_once()
    {
        await Task.WhenAll(
            new[] { Stage.Prepare, Stage.Send, Stage.Confirm }.Select(step =>
                Task.Run(
                    async () =>
                    {
                        for (var done = 1; done <= 100; done++)
                        {
                            await _progress.ReportAsync(step, done, Cancel);
                            if (step == Stage.Prepare)
                                _clock.Advance(Second / 10);
                        }
                    },
                    Cancel
                )
            )
        );
        _clock.Advance(Second);
        await _progress.ReportAsync(100, Cancel);

        await BeatUntilAsync(run => run.Done == 100);
    }

    private Task BeatUntilAsync(Func<Run, bool> moment) =>
        Patience.UntilAsync(async () =>
        {
            _clock.Advance(Second);
            return moment(await ReadAsync());
        });

    private async Task<Run> ReadAsync()
    {
        await using var db = await _bench.Product.OpenAsync();
        return await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == _claim.RunId, Cancel);
    }
}
