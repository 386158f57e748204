using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.Profiles;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>
/// Runs that send while they read. Klaviyo is asked about each member, a hundred at a time, so a question that is not answered holds those
/// behind it.
/// </summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class SendingMeanwhileTests
{
    private const int TenMinutes = 600_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batches_are_sent_and_confirmed_while_members_are_read()
    {
        await using var bench = await CreateAsync(Members(350));
        var (id, execution) = await HoldAsync(bench, member: 240);

        await Patience.UntilAsync(async () => await ConfirmedAsync(bench, id) > 0);
        var reading = await bench.FindAsync(id);
        Release(bench);
        await execution;

        Assert.Equal((RunState.Preparing, Stage.Prepare), (reading.State, reading.Stage));
        Assert.True(reading.Ledger.ReadingAddsUp);
        await bench.EndedAsync(await bench.FindAsync(id), RunState.Successful, "Delivery.Successful", accepted: 350);
        Assert.Contains("Delivery.SendsMeanwhile", await bench.TimelineAsync(id));
    }

    [Fact]
    public async Task A_run_that_is_canceled_while_it_sends_and_reads_ends_with_a_correct_ledger()
    {
        await using var bench = await CreateAsync([.. Members(250), new("x", "no address", "X"), new("y", null, "Y")]);
        var (id, execution) = await HoldAsync(bench, member: 140);
        await Patience.UntilAsync(async () => await ConfirmedAsync(bench, id) >= 40);

        await bench.CancelAsync(id);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        var run = await bench.FindAsync(id);
        Assert.Equal(RunState.Canceled, run.State);
        Assert.True(run.Ledger.AddsUp);
        Assert.InRange(run.Ledger.Accepted, 40, 200);
        Assert.Equal(run.Ledger.Accepted, bench.OnList().Count);
    }

    [Theory]
    [InlineData(110)]
    [InlineData(220)]
    [InlineData(345)]
    public async Task A_run_that_is_stopped_while_it_sends_and_reads_counts_everybody_once(int member)
    {
        await using var bench = await CreateAsync([
            .. Members(350),
            new("a-1", null, "Without"),
            new("a-2", "no address", "Invalid"),
            new("z-1", "M0@SHOP.example", "Twice"),
            .. Enumerable.Range(0, 9).Select(number => new Customer($"m{number:d4}-f", $"f{number}@async-fail.example", "Refused")),
        ]);
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers)
            {
                Call = "bulk_import_profiles",
                Times = 1,
                PointsAt = "/data/attributes/profiles/data/4/attributes/email",
            }
        );
        foreach (var email in Enumerable.Range(0, 9).Select(number => $"f{number}@async-fail.example"))
            Know(bench, email);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bench.Sandbox.Faults.Add(Hold(member));
        var id = await bench.QueueAsync();
        var execution = Task.Run(() => bench.Product.Get<RunExecution>().RunAsync(id, stop.Token), Cancel);
        await Patience.UntilAsync(async () => await ConfirmedAsync(bench, id) > 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => execution);
        Release(bench);

        var run = await bench.GoOnAsync(id);

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 349, refused: 10);
        Assert.Equal((362L, 1L, 1L, 1L), (run.Ledger.Members, run.Ledger.WithoutEmail, run.Ledger.Invalid, run.Ledger.Duplicate));
        Assert.Equal(349, bench.OnList().Count);
        var rejected = (await bench.RejectionsAsync(id)).Select(row => row.ProfileKey).ToList();
        Assert.Equal(13, rejected.Distinct().Count());
        Assert.Equal(13, rejected.Count);
    }

    [Fact]
    public async Task A_source_that_changes_while_a_run_is_stopped_costs_nobody_and_nothing_is_counted_twice()
    {
        await using var bench = await CreateAsync(Members(300));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bench.Sandbox.Faults.Add(Hold(220));
        var id = await bench.QueueAsync();
        var execution = Task.Run(() => bench.Product.Get<RunExecution>().RunAsync(id, stop.Token), Cancel);
        await Patience.UntilAsync(async () => await ConfirmedAsync(bench, id) > 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => execution);
        Release(bench);
        // Some of those who were sent are gone, and new ones, one of them without an address, stand before all others.
        Customer[] changed =
        [
            new("a-1", null, "Without"),
            .. Enumerable.Range(0, 5).Select(number => new Customer($"a-9{number}", $"n{number}@shop.example", "New")),
            .. Members(300).Skip(10),
        ];
        foreach (var customer in changed.Where(customer => customer.Email is not null))
            Know(bench, customer.Email!);
        await bench.ReplaceCustomersAsync(changed);

        var run = await bench.GoOnAsync(id);

        Assert.True(run.State is RunState.Successful or RunState.CompletedWithWarnings);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(305, run.Ledger.Accepted);
        Assert.Equal(305, bench.OnList().Count);
        Assert.Equal("a-1", Assert.Single(await bench.RejectionsAsync(id)).ProfileKey);
    }

    [Fact]
    public async Task Nothing_is_sent_before_it_is_certain_that_the_cap_is_not_exceeded()
    {
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(60),
            settings: new() { ["Klaviyo:MaxProfilesPerExport"] = "59", ["Delivery:BatchSize"] = "5" }
        );

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.FailedPermanent, "Delivery.OverCap", unsent: 60);
        Assert.Empty(bench.Sandbox.State.Jobs());
    }

    [Theory]
    [InlineData(SyncMode.Full)]
    [InlineData(SyncMode.Mirror)]
    public async Task Nothing_is_sent_of_a_run_that_will_need_approval(SyncMode mode)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(300), mode, new() { ["Delivery:BatchSize"] = "5" });
        await bench.RunAsync();
        var before = bench.Sandbox.State.Jobs().Count;
        await bench.ReplaceCustomersAsync(Customer.Many(140));

        var run = await bench.RunAsync();

        Assert.Equal(RunState.NeedsApproval, run.State);
        Assert.Equal(before, bench.Sandbox.State.Jobs().Count);
        Assert.DoesNotContain("Delivery.SendsMeanwhile", await bench.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task A_refusal_of_the_first_batch_ends_the_reading_of_the_others()
    {
        await using var bench = await CreateAsync(Members(400));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "bulk_import_profiles", Status = 403 });

        var run = await bench.RunAsync();

        Assert.Equal(RunState.FailedPermanent, run.State);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(0, run.Ledger.Accepted);
        Assert.Empty(bench.OnList());
    }

    /// <summary>Customers in the order of their keys, whom Klaviyo knows already.</summary>
    private static Customer[] Members(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new Customer($"m{number:d4}", $"m{number}@shop.example", "M"))];

    private static async Task<Workbench> CreateAsync(Customer[] customers)
    {
        var bench = await Workbench.CreateAsync(
            customers,
            settings: new()
            {
                ["Delivery:BatchSize"] = "20",
                // A question that is held is asked again, until it is answered.
                ["Klaviyo:Retry:TryTimeout"] = "00:00:03",
                ["Klaviyo:Retry:FirstDelay"] = "00:00:00.010",
                ["Klaviyo:Retry:MaxDelay"] = "00:00:00.100",
                ["Klaviyo:Retry:Tries"] = "20",
            }
        );
        await using var db = await bench.Product.OpenAsync();
        var export = await db.Set<Export>().SingleAsync(Cancel);
        export.Audience = new() { UpdateOnly = true };
        await db.SaveChangesAsync(Cancel);
        foreach (var customer in customers.Where(customer => customer.Name == "M"))
            Know(bench, customer.Email!);
        return bench;
    }

    private static void Know(Workbench bench, string email) =>
        bench.Sandbox.State.AddProfiles([new ProfileSeed(email, "M", "M", SandboxConsent.NeverSubscribed)]);

    private static async Task<(int Id, Task Execution)> HoldAsync(Workbench bench, int member)
    {
        bench.Sandbox.Faults.Add(Hold(member));
        return await bench.BeginAsync();
    }

    private static Fault Hold(int member) =>
        new(FaultKind.Delay)
        {
            Call = "get_profiles",
            Query = $"\"m{member}@shop.example\"",
            DelayMs = TenMinutes,
        };

    private static void Release(Workbench bench) => bench.Sandbox.Faults.Clear();

    private static async Task<long> ConfirmedAsync(Workbench bench, int runId)
    {
        await using var db = await bench.Product.OpenAsync();
        return await db.Set<Batch>()
            .Where(batch => batch.RunId == runId && batch.State == BatchState.Confirmed)
            .SumAsync(batch => batch.Accepted, Cancel);
    }
}
