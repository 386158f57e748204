using System.Collections.Concurrent;
using KlaviyoExport.Connections;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KlaviyoExport.Tests.Dispatch;

/// <summary>The scheduler as the web application runs it.</summary>
public class SchedulingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queued_run_is_executed_automatically()
    {
        await using var product = await Product.CreateAsync();
        var export = await ExportAsync(product, "Newsletter");
        await product.StartAsync();

        var run = await EndAsync(product, await product.QueueAsync(export));

        Assert.Equal((RunState.Successful, 20), (run.State, run.Ledger.Accepted));
    }

    [Fact]
    public async Task Runs_of_one_account_run_one_after_another_even_over_two_connections()
    {
        var gate = new Gate();
        await using var product = await Product.CreateAsync(configure: services =>
            services.AddHttpClient(nameof(KlaviyoClient)).AddHttpMessageHandler(() => new GateHandler(gate))
        );
        var first = await ExportAsync(product, "First");
        var second = await ExportAsync(product, "Second", await product.AddConnectionAsync("Same account, other connection"));
        await product.StartAsync();
        var firstRun = await product.QueueAsync(first);
        await gate.ReachedAsync(PracticeStore.Id);

        var secondRun = await product.QueueAsync(second);
        await product.WaitForAsync(firstRun, run => run.State == RunState.Sending);
        Assert.Equal(RunState.Queued, (await product.FindRunAsync(secondRun)).State);
        gate.Open();

        var (one, two) = (await EndAsync(product, firstRun), await EndAsync(product, secondRun));
        Assert.Equal((RunState.Successful, RunState.Successful), (one.State, two.State));
        Assert.True(two.StartedAt >= one.FinishedAt, $"{two.StartedAt} is before {one.FinishedAt}.");
    }

    [Fact]
    public async Task Runs_of_different_accounts_run_in_parallel()
    {
        var gate = new Gate();
        await using var product = await Product.CreateAsync(configure: services =>
            services.AddHttpClient(nameof(KlaviyoClient)).AddHttpMessageHandler(() => new GateHandler(gate))
        );
        var here = await ExportAsync(product, "Here");
        var there = await product.AddExportAsync(
            "There",
            await product.AddConnectionAsync("Second", accountId: SecondStore.Id, key: SecondStore.FullKey),
            await product.AddCustomersAsync("There", Customer.Many(20)),
            SecondStore.Customers
        );
        await product.StartAsync();

        int[] runs = [await product.QueueAsync(here), await product.QueueAsync(there)];
        // The gate opens only when both have arrived.
        await gate.ReachedAsync(PracticeStore.Id);
        await gate.ReachedAsync(SecondStore.Id);
        gate.Open();

        foreach (var run in runs)
            Assert.Equal(RunState.Successful, (await EndAsync(product, run)).State);
    }

    [Fact]
    public async Task A_run_waiting_for_its_retry_is_tried_when_due_and_not_before()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        var export = await ExportAsync(product, "Newsletter");
        product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "bulk_import_profiles" });
        await product.StartAsync();
        var id = await product.QueueAsync(export);
        var waiting = await product.WaitForAsync(id, run => run.State == RunState.FailedRetrying);
        product.Sandbox.Faults.Clear();

        var trigger = await DueAsync(product, id);
        Assert.Equal(waiting.RetryAt!.Value.UtcDateTime, trigger.UtcDateTime, TimeSpan.FromMilliseconds(1));
        Assert.Equal(RunState.FailedRetrying, (await product.FindRunAsync(id)).State);
        await clock.LeapAsync(product, TimeSpan.FromMinutes(1));
        var run = await EndAsync(product, id);

        Assert.Equal((RunState.Successful, 20, 1), (run.State, run.Ledger.Accepted, run.Retries));
        Assert.True(run.FinishedAt >= waiting.RetryAt, $"{run.FinishedAt} is before {waiting.RetryAt}.");
    }

    [Fact]
    public async Task A_run_interrupted_by_a_stop_is_finished_after_the_next_start()
    {
        await using var product = await Product.CreateAsync();
        var export = await ExportAsync(product, "Newsletter");
        product.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1 });
        await product.StartAsync();
        var id = await product.QueueAsync(export);
        await product.WaitForAsync(id, run => run.State == RunState.Confirming);

        await product.StopAsync();

        var open = await product.FindRunAsync(id);
        Assert.Equal((RunState.Confirming, (DateTimeOffset?)null), (open.State, open.FinishedAt));
        // The stuck job becomes unknown, so the batch is sent again. (Permanently: a call that was interrupted by the stop may still be
        // in progress.)
        await using (var db = await product.OpenAsync())
        {
            var stuck = await db.Set<Batch>()
                .Where(batch => batch.RunId == id)
                .Select(batch => batch.JobId)
                .SingleAsync(TestContext.Current.CancellationToken);
            product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 404, Path = $"/api/profile-bulk-import-jobs/{stuck}" });
        }
        await product.StartAsync();
        var run = await EndAsync(product, id);
        Assert.Equal((RunState.Successful, 20, true), (run.State, run.Ledger.Accepted, run.Ledger.AddsUp));
    }

    [Fact]
    public async Task A_run_waiting_for_its_retry_is_tried_after_a_longer_restart()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        var export = await ExportAsync(product, "Newsletter");
        product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "bulk_import_profiles" });
        await product.StartAsync();
        var id = await product.QueueAsync(export);
        await product.WaitForAsync(id, run => run.State == RunState.FailedRetrying);
        await product.StopAsync();
        product.Sandbox.Faults.Clear();

        clock.Leap(TimeSpan.FromHours(3));
        await product.StartAsync();

        Assert.Equal(RunState.Successful, (await EndAsync(product, id)).State);
    }

    [Fact]
    public async Task A_run_queued_while_its_account_is_busy_is_not_lost()
    {
        var (gate, clock) = (new Gate(), new LeapClock());
        await using var product = await Product.CreateAsync(
            clock,
            configure: services => services.AddHttpClient(nameof(KlaviyoClient)).AddHttpMessageHandler(() => new GateHandler(gate))
        );
        var first = await ExportAsync(product, "First");
        var second = await ExportAsync(product, "Second");
        await product.StartAsync();
        var firstRun = await product.QueueAsync(first);
        await gate.ReachedAsync(PracticeStore.Id);
        var secondRun = await product.QueueAsync(second);

        // Far beyond any misfire threshold.
        clock.Leap(TimeSpan.FromHours(2));
        gate.Open();

        Assert.Equal(RunState.Successful, (await EndAsync(product, firstRun)).State);
        Assert.Equal(RunState.Successful, (await EndAsync(product, secondRun)).State);
    }

    [Fact]
    public async Task A_run_canceled_while_its_account_is_busy_never_starts()
    {
        var gate = new Gate();
        await using var product = await Product.CreateAsync(configure: services =>
            services.AddHttpClient(nameof(KlaviyoClient)).AddHttpMessageHandler(() => new GateHandler(gate))
        );
        var first = await ExportAsync(product, "First");
        var second = await ExportAsync(product, "Second");
        await product.StartAsync();
        var firstRun = await product.QueueAsync(first);
        await gate.ReachedAsync(PracticeStore.Id);
        var secondRun = await product.QueueAsync(second);
        await product.Get<RunService>().CancelAsync(Product.Operator, secondRun, Cancel);
        var third = await product.QueueAsync(second);
        gate.Open();

        await EndAsync(product, firstRun);
        Assert.Equal(RunState.Successful, (await EndAsync(product, third)).State);
        var canceled = await product.FindRunAsync(secondRun);
        Assert.Equal((RunState.Canceled, (DateTimeOffset?)null), (canceled.State, canceled.StartedAt));
    }

    [Fact]
    public async Task A_run_whose_failure_could_not_be_stored_is_resumed_without_a_restart()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        var export = await ExportAsync(product, "Newsletter");
        await using var db = await product.OpenAsync();
        var broken = await BrokenTable.CreateAsync(db, "Runs", "UPDATE");
        await product.StartAsync();
        var id = await product.QueueAsync(export);
        await DueAsync(product, id);
        await broken.DisposeAsync();

        await clock.LeapAsync(product, TimeSpan.FromMinutes(2));

        Assert.Equal(RunState.Successful, (await EndAsync(product, id)).State);
    }

    private static async Task<int> ExportAsync(Product product, string name, KlaviyoExport.Connections.Connection? connection = null)
    {
        if (connection is null)
        {
            await using var db = await product.OpenAsync();
            connection = await db.Set<Connection>().FirstOrDefaultAsync(Cancel) ?? await product.AddConnectionAsync();
        }
        return await product.AddExportAsync(name, connection, await product.AddCustomersAsync(name, Customer.Many(20)));
    }

    private static Task<Run> EndAsync(Product product, int runId) => product.WaitForAsync(runId, run => run.FinishedAt is not null);

    /// <summary>When the next attempt of a run is due, as soon as the scheduler knows.</summary>
    private static async Task<DateTimeOffset> DueAsync(Product product, int runId)
    {
        var scheduler = await product.Get<ISchedulerFactory>().GetScheduler(Cancel);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            foreach (var key in await scheduler.GetTriggerKeys(GroupMatcher<TriggerKey>.AnyGroup(), patience.Token))
            {
                if (!key.Name.StartsWith($"run-{runId}-", StringComparison.Ordinal) || key.Name.EndsWith("-0", StringComparison.Ordinal))
                    continue;
                if ((await scheduler.GetTrigger(key, patience.Token))?.StartTimeUtc is { } due)
                    return due;
            }
            await look.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>Holds every import until the gate opens, and records whose imports have arrived.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _reached = new();

        public void Open() => _opened.SetResult();

        public Task ReachedAsync(string accountId) => Reached(accountId).Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        public Task PassAsync(string accountId, CancellationToken cancellationToken)
        {
            Reached(accountId).TrySetResult();
            return _opened.Task.WaitAsync(cancellationToken);
        }

        private TaskCompletionSource Reached(string accountId) =>
            _reached.GetOrAdd(accountId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private sealed class GateHandler(Gate gate) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
                await gate.PassAsync(
                    request.Headers.Authorization!.Parameter == SecondStore.FullKey ? SecondStore.Id : PracticeStore.Id,
                    cancellationToken
                );
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
