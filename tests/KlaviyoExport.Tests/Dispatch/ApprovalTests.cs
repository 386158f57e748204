using KlaviyoExport.Connections;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Dispatch;

public class ApprovalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10, 16, true)]
    [InlineData(10, 15, false)]
    [InlineData(10, 4, true)]
    [InlineData(10, 5, false)]
    [InlineData(4, 7, false)]
    [InlineData(4, 8, true)]
    public async Task A_run_that_would_deliver_much_more_or_less_than_the_last_waits(int before, int now, bool waits)
    {
        await using var bench = await CreateAsync(before);
        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
        await bench.ReplaceCustomersAsync(Customer.Many(now));

        var run = await bench.RunAsync();

        Assert.Equal(waits ? RunState.NeedsApproval : RunState.Successful, run.State);
        Assert.Equal(waits ? before : Math.Max(before, now), bench.OnList().Count);
    }

    [Fact]
    public async Task The_numbers_are_in_the_message_and_available_to_the_page()
    {
        await using var bench = await WaitingAsync(10, 42);

        var view = await ViewAsync(bench, Product.Viewer);

        Assert.Equal(
            "This run would deliver 42 profiles; the last run delivered 10 (+320%). Nothing has been sent yet.",
            view.Run.Outcome!.ToString()
        );
        Assert.Equal(
            (10, 42, null, "Ana", false),
            (view.Approval!.LastDelivered, view.Approval.Deliverable, view.Approval.Leaving, view.Approval.Owner, view.Approval.MayDecide)
        );
        Assert.True((await ViewAsync(bench, Product.Administrator)).Approval!.MayDecide);
        Assert.Equal(new LocalizedMessage("Delivery.WaitsForApproval"), view.WaitsFor?.Message);
        var attention = Assert.Single(await bench.Product.Get<HomeQueries>().NeedsAttentionAsync(Product.Viewer, 10, Cancel));
        Assert.Equal((AttentionKind.NeedsApproval, view.Run.Id), (attention.Kind, attention.RunId));
        Assert.Empty(await bench.Product.Get<HomeQueries>().RunningNowAsync(Product.Viewer, 10, Cancel));
        Assert.Equal(
            StatusText.NeedsApproval,
            (await bench.Product.Get<StatusQueries>().ListAsync(Product.Viewer, Cancel))
                .Single(row => row.Kind == RefreshTaskKind.Export)
                .Status
        );
    }

    [Fact]
    public async Task A_mirror_run_that_would_remove_many_waits_even_if_as_many_joined()
    {
        await using var bench = await CreateAsync(10, SyncMode.Mirror);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync([
            .. Customer.Many(10).Select((customer, index) => customer with { Email = $"new{index}@shop.example" }),
        ]);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.NeedsApproval, "Delivery.WouldRemove"), (run.State, run.Outcome!.Code));
        Assert.Equal(10, (await ViewAsync(bench, Product.Viewer)).Approval!.Leaving);
        await bench.Product.Get<RunService>().ApproveAsync(Product.Administrator, run.Id, Cancel);
        run = await bench.GoOnAsync(run.Id);
        Assert.Equal((RunState.Successful, 10, 10), (run.State, run.Ledger.Removed, bench.OnList().Count));
    }

    [Fact]
    public async Task An_approved_run_continues_with_its_prepared_batches()
    {
        await using var bench = await WaitingAsync(10, 42);
        await bench.Product.StartAsync();
        var waiting = await LastAsync(bench);

        await bench.Product.Get<RunService>().ApproveAsync(Product.Administrator, waiting.Id, Cancel);
        var run = await bench.Product.WaitForAsync(waiting.Id, run => run.State.IsFinal());

        Assert.Equal((RunState.Successful, 42, "Ana"), (run.State, run.Ledger.Accepted, run.ApprovedBy));
        Assert.Equal(42, bench.OnList().Count);
        await using var db = await bench.Product.OpenAsync();
        Assert.True(await db.Set<AuditEntry>().AnyAsync(entry => entry.Action == "Exports.RunApproved", Cancel));
        Assert.Contains(
            "Ana approved the run. It continues.",
            (await ViewAsync(bench, Product.Viewer)).Timeline.Select(line => line.What.ToString())
        );
    }

    [Fact]
    public async Task It_waits_through_restarts_and_blocks_only_runs_of_its_own_export()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);
        await bench.Product.StartAsync();
        await bench.Product.StopAsync();
        await bench.Product.StartAsync();
        int other;
        await using (var db = await bench.Product.OpenAsync())
        {
            var (source, segment, connection) = (
                await db.Set<Source>().SingleAsync(Cancel),
                await db.Set<Segment>().SingleAsync(Cancel),
                await db.Set<Connection>().SingleAsync(Cancel)
            );
            other = await bench.Product.AddExportAsync("Other", connection, (source, segment));
        }

        // A run of the same account, behind it in the queue.
        await bench.Product.WaitForAsync(await bench.Product.QueueAsync(other), run => run.State.IsFinal());

        Assert.Equal(RunState.NeedsApproval, (await bench.FindAsync(waiting.Id)).State);
        Assert.Equal(
            new LocalizedMessage("Delivery.ActiveNeedsApproval", waiting.Id),
            (await Assert.ThrowsAnyAsync<LocalizedException>(bench.QueueAsync)).LocalizedMessage
        );
        Assert.Equal(
            new LocalizedMessage("Delivery.ActiveNeedsApproval", waiting.Id),
            Assert.Single((await bench.Product.Get<RunService>().StartManyAsync(Product.Operator, [bench.ExportId], Cancel)).LeftOut).Why
        );
        Assert.Equal(RunState.NeedsApproval, (await bench.GoOnAsync(waiting.Id)).State);
    }

    [Fact]
    public async Task A_rejected_run_changes_nothing_on_the_list_and_the_next_is_compared_with_the_delivered_profiles()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);

        await bench.Product.Get<RunService>().RejectAsync(Product.Administrator, waiting.Id, Cancel);

        var run = await bench.FindAsync(waiting.Id);
        Assert.Equal(
            (RunState.Canceled, new LocalizedMessage("Delivery.RejectedByPerson", "Ana"), 42, 10),
            (run.State, run.Outcome, run.Ledger.Unsent, bench.OnList().Count)
        );
        await NoPayloadAsync(bench);
        Assert.Equal(RunState.NeedsApproval, (await bench.RunAsync()).State);
    }

    [Fact]
    public async Task It_can_be_canceled_by_whoever_may_run_the_export()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);

        await bench.Product.Get<RunService>().CancelAsync(Product.Operator, waiting.Id, Cancel);

        Assert.Equal(
            (RunState.Canceled, "Delivery.Canceled"),
            ((await bench.FindAsync(waiting.Id)).State, (await bench.FindAsync(waiting.Id)).Outcome!.Code)
        );
        await NoPayloadAsync(bench);
    }

    [Fact]
    public async Task A_run_canceled_before_it_waits_for_approval_does_not_wait()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Run>()
                .Where(run => run.Id == waiting.Id)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(run => run.CancelRequestedAt, DateTimeOffset.UnixEpoch)
                            .SetProperty(run => run.CancelRequestedBy, "Bo"),
                    Cancel
                );

        Assert.True(await bench.Product.Get<CloseStage>().IsHeldUpAsync(waiting.Id, Cancel));

        Assert.Equal(
            (RunState.Canceled, new LocalizedMessage("Delivery.Canceled", "Bo")),
            ((await bench.FindAsync(waiting.Id)).State, (await bench.FindAsync(waiting.Id)).Outcome)
        );
    }

    [Fact]
    public async Task Without_a_decision_it_is_canceled_after_the_configured_time()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);
        var approvals = bench.Product.Get<RunApprovals>();
        await AskedAsync(bench, waiting.Id, DateTimeOffset.UtcNow - TimeSpan.FromDays(6.9));
        await approvals.LapseAsync(Cancel);
        Assert.Equal(RunState.NeedsApproval, (await bench.FindAsync(waiting.Id)).State);

        await AskedAsync(bench, waiting.Id, DateTimeOffset.UtcNow - TimeSpan.FromDays(7.1));
        await approvals.LapseAsync(Cancel);

        Assert.Equal(
            (RunState.Canceled, "Delivery.ApprovalLapsed"),
            ((await bench.FindAsync(waiting.Id)).State, (await bench.FindAsync(waiting.Id)).Outcome!.Code)
        );
        await NoPayloadAsync(bench);
    }

    [Fact]
    public async Task Of_several_simultaneous_decisions_one_counts_and_the_others_are_refused()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);
        var runs = bench.Product.Get<RunService>();

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(number =>
                    Task.Run(async () =>
                        await Record.ExceptionAsync(() =>
                            number % 2 == 0
                                ? runs.ApproveAsync(Product.Administrator, waiting.Id, Cancel)
                                : runs.RejectAsync(Product.Administrator, waiting.Id, Cancel)
                        )
                    )
                )
        );

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(
            outcomes.OfType<Exception>(),
            fault =>
                Assert.Contains(
                    Assert.IsAssignableFrom<LocalizedException>(fault).LocalizedMessage.Code,
                    (string[])["Delivery.ApprovedAlready", "Delivery.DecidedAlready"]
                )
        );
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(
            1,
            await db.Set<AuditEntry>()
                .CountAsync(entry => entry.Action == "Exports.RunApproved" || entry.Action == "Exports.RunRejected", Cancel)
        );
    }

    [Fact]
    public async Task The_owner_decides_only_while_they_may_run_the_export()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);
        var runs = bench.Product.Get<RunService>();

        var owner = Product.Administrator with { Role = Role.Operator };
        await Assert.ThrowsAsync<NotAllowedException>(() => runs.ApproveAsync(owner with { Role = Role.Viewer }, waiting.Id, Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() => runs.ApproveAsync(Product.Operator, waiting.Id, Cancel));
        // Another person with the same name.
        await Assert.ThrowsAsync<NotAllowedException>(() => runs.ApproveAsync(owner with { Id = "a2" }, waiting.Id, Cancel));
        await runs.ApproveAsync(owner, waiting.Id, Cancel);

        Assert.Equal(RunState.Queued, (await bench.FindAsync(waiting.Id)).State);
    }

    [Fact]
    public async Task A_resend_of_rejected_profiles_needs_no_approval()
    {
        await using var bench = await CreateAsync(10);
        await bench.ReplaceCustomersAsync([.. Customer.Many(10), new("m", "ana at shop", "Ana")]);
        var first = await bench.RunAsync();

        var retry = await bench.GoOnAsync(
            await bench.Product.Get<RunService>().RetryRejectedAsync(Product.Operator, first.Id, null, Cancel)
        );

        Assert.True(retry.State.IsFinal());
    }

    [Fact]
    public async Task A_waiting_run_does_not_delay_a_refresh()
    {
        await using var bench = await WaitingAsync(10, 42);
        var waiting = await LastAsync(bench);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Export>()
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(export => export.Schedule, new ExportSchedule { IsOn = true, WhenBusy = WhenBusy.Wait })
                            .SetProperty(export => export.FollowsRefresh, true),
                    Cancel
                );
        await bench.Product.StartAsync();

        await bench.Product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);

        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            await using var db = await bench.Product.OpenAsync();
            if (await db.Set<Refresh>().AllAsync(refresh => refresh.FinishedAt != null, Cancel))
                break;
            await look.WaitForNextTickAsync(Cancel);
        }
        await using var after = await bench.Product.OpenAsync();
        var task = await after.Set<RefreshTask>().SingleAsync(task => task.Kind == RefreshTaskKind.Export, Cancel);
        Assert.Equal((RefreshTaskState.Skipped, "Scheduling.SkippedForApproval", waiting.Id), (task.State, task.Outcome!.Code, task.RunId));
        Assert.Equal(waiting.Id, await after.Set<Run>().MaxAsync(run => run.Id, Cancel));
    }

    private static Task<Workbench> CreateAsync(int customers, SyncMode mode = SyncMode.Full) =>
        Workbench.CreateAsync(Customer.Many(customers), mode, new() { ["Delivery:Approval:AtLeast"] = "4" });

    private static async Task<Workbench> WaitingAsync(int before, int now)
    {
        var bench = await CreateAsync(before);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(now));
        Assert.Equal(RunState.NeedsApproval, (await bench.RunAsync()).State);
        return bench;
    }

    private static async Task<Run> LastAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        return await db.Set<Run>().AsNoTracking().OrderByDescending(run => run.Id).FirstAsync(Cancel);
    }

    private static async Task<RunView> ViewAsync(Workbench bench, Actor actor) =>
        await bench.Product.Get<RunQueries>().GetAsync(actor, (await LastAsync(bench)).Id, Cancel);

    private static async Task AskedAsync(Workbench bench, int runId, DateTimeOffset at)
    {
        await using var db = await bench.Product.OpenAsync();
        await db.Set<Run>()
            .Where(run => run.Id == runId)
            .ExecuteUpdateAsync(set => set.SetProperty(run => run.ApprovalAskedAt, at), Cancel);
    }

    private static async Task NoPayloadAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        Assert.False(await db.Set<BatchPayload>().AnyAsync(payload => db.Set<Batch>().Any(batch => batch.Id == payload.BatchId), Cancel));
    }
}
