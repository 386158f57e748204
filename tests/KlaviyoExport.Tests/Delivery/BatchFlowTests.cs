using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.Requests;
using KlaviyoExport.Tests.Klaviyo;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>Several batches of a run on their way at the same time.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class BatchFlowTests
{
    private const int TenMinutes = 600_000;
    private const string Import = "bulk_import_profiles";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_many_batches_are_on_their_way_as_the_burst_limit_allows_although_none_is_answered()
    {
        await using var bench = await CreateAsync(25, batchSize: 1);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = Import, DelayMs = TenMinutes });

        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(async () =>
            await StatesAsync(bench, id, BatchState.Sending) == 10 && await StatesAsync(bench, id, BatchState.Prepared) == 15
        );
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(
            Enumerable.Range(1, 10),
            await db.Set<Batch>()
                .Where(batch => batch.State == BatchState.Sending)
                .Select(batch => batch.Number)
                .Order()
                .ToListAsync(Cancel)
        );
        await bench.CancelAsync(id);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        // The other 15 never left: they wait for the limit before they count as sent.
        await bench.EndedAsync(await bench.FindAsync(id), RunState.Canceled, "Delivery.Canceled", unconfirmed: 10, unsent: 15);
    }

    [Fact]
    public async Task No_more_batches_are_on_their_way_than_the_setting_says()
    {
        await using var bench = await CreateAsync(12, batchSize: 1, ("Delivery:CallsInFlight", "3"));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = Import, DelayMs = TenMinutes });

        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(async () =>
            await StatesAsync(bench, id, BatchState.Sending) == 3 && await StatesAsync(bench, id, BatchState.Prepared) == 9
        );
        await bench.CancelAsync(id);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        await bench.EndedAsync(await bench.FindAsync(id), RunState.Canceled, "Delivery.Canceled", unconfirmed: 3, unsent: 9);
    }

    [Fact]
    public async Task Batches_leave_in_their_order()
    {
        // With several calls on their way, the network may change the order in which they arrive.
        await using var bench = await CreateAsync(9, batchSize: 1, ("Delivery:CallsInFlight", "1"));

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.Successful, "Delivery.Successful", accepted: 9);
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(
            bench.Sandbox.State.Jobs().Select(job => job.Id),
            await db.Set<Batch>().OrderBy(batch => batch.Number).Select(batch => batch.JobId).ToListAsync(Cancel)
        );
    }

    [Fact]
    public async Task Culprits_in_one_batch_are_set_aside_while_the_others_arrive()
    {
        await using var bench = await CreateAsync(20, batchSize: 4);
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers)
            {
                Call = Import,
                Times = 3,
                PointsAt = "/data/attributes/profiles/data/1/attributes/email",
            }
        );

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 17, refused: 3);
        Assert.Equal(17, bench.OnList().Count);
        Assert.Equal(3, (await bench.RejectionsAsync(run.Id)).Select(row => row.ProfileKey).Distinct().Count());
    }

    [Fact]
    public async Task A_429_stops_all_further_batches_and_costs_no_other_answer()
    {
        await using var bench = await CreateAsync(12, batchSize: 1, ("Klaviyo:Retry:Patience", "00:00:05"));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = Import,
                Status = 429,
                RetryAfter = 3_600,
                After = 4,
                Times = 1,
            }
        );

        var waiting = await bench.RunAsync();

        await bench.WaitsAsync(waiting, "Klaviyo.OutageTooManyRequests");
        // Those that were on their way are answered and stored; the one that was refused, and the rest, count as unsent.
        Assert.Equal(0, await StatesAsync(bench, waiting.Id, BatchState.Sending));
        Assert.Equal(1, bench.Sandbox.State.Requests.Count(request => request.Status == 429));
        Assert.Equal(
            bench.Sandbox.State.Jobs().Count,
            await StatesAsync(bench, waiting.Id, BatchState.Sent) + await StatesAsync(bench, waiting.Id, BatchState.Confirmed)
        );
    }

    [Fact]
    public async Task One_call_tells_of_all_jobs()
    {
        await using var bench = await CreateAsync(30, batchSize: 3);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));
        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(async () => (await bench.FindAsync(id)).State == RunState.Confirming);
        await Patience.UntilAsync(() => Asks().Count(IsForAll) >= 5);

        await bench.CancelAsync(id);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        // The first job may have been the only one for a while.
        Assert.All(Asks().SkipWhile(request => !IsForAll(request)), request => Assert.True(IsForAll(request)));
        await bench.EndedAsync(await bench.FindAsync(id), RunState.Canceled, "Delivery.Canceled", unconfirmed: 30);

        IEnumerable<RequestEntry> Asks() => bench.Sandbox.State.Requests.Reverse().Where(request => request.Method == "GET");

        static bool IsForAll(RequestEntry request) => request.Path == "/api/profile-bulk-import-jobs";
    }

    [Fact]
    public async Task When_Klaviyo_refuses_the_list_of_jobs_each_job_is_asked_for()
    {
        await using var bench = await CreateAsync(9, batchSize: 3);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_bulk_import_profiles_jobs", Status = 400 });

        await bench.EndedAsync(await bench.RunAsync(), RunState.Successful, "Delivery.Successful", accepted: 9);
    }

    [Fact]
    public async Task The_longer_no_job_moves_the_less_often_Klaviyo_is_asked()
    {
        var clock = new TestClock();
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(10),
            settings: new() { ["Delivery:PollInterval"] = "00:00:01" },
            clock: clock,
            sandboxClock: clock
        );
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));
        var (id, execution) = await bench.BeginAsync();

        var first = await AsksInAsync(clock, bench, TimeSpan.FromMinutes(1));
        await AsksInAsync(clock, bench, TimeSpan.FromMinutes(9));
        var later = await AsksInAsync(clock, bench, TimeSpan.FromMinutes(2));
        await bench.CancelAsync(id);
        await Pace.AdvanceUntilAsync(clock, () => execution.IsCompleted);

        Assert.InRange(first, 10, 40);
        Assert.InRange(later, 3, 5);
    }

    private static async Task<int> AsksInAsync(TestClock clock, Workbench bench, TimeSpan time)
    {
        var before = bench.Sandbox.State.Requests.Count(request => request.Method == "GET");
        var until = clock.GetUtcNow() + time;
        await Pace.AdvanceUntilAsync(
            clock,
            () => clock.GetUtcNow() >= until,
            besides: async () =>
            {
                await using var db = await bench.Product.OpenAsync();
                await db.Set<Export>().ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, (DateTimeOffset?)null), Cancel);
            }
        );
        return bench.Sandbox.State.Requests.Count(request => request.Method == "GET") - before;
    }

    private static Task<Workbench> CreateAsync(int customers, int batchSize, params (string Key, string Value)[] settings) =>
        Workbench.CreateAsync(
            Customer.Many(customers),
            settings: settings
                .Append(("Delivery:BatchSize", batchSize.ToString(System.Globalization.CultureInfo.InvariantCulture)))
                .ToDictionary(set => set.Item1, set => (string?)set.Item2)
        );

    private static async Task<int> StatesAsync(Workbench bench, int runId, BatchState state)
    {
        await using var db = await bench.Product.OpenAsync();
        return await db.Set<Batch>().CountAsync(batch => batch.RunId == runId && batch.State == state, Cancel);
    }
}
