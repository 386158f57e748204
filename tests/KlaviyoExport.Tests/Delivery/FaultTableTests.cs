using KlaviyoExport.Connections;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;
using static KlaviyoExport.Tests.Delivery.FaultTable;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>The rows of docs/delivery.md about calls: the exact result of a run for each fault.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class FaultTableTests
{
    [Theory]
    [InlineData("get_errors_for_bulk_import_profiles_job")]
    [InlineData("get_profiles_for_list")]
    [InlineData("remove_profiles_from_list")]
    public async Task A_run_waits_for_the_end_of_an_outage_of_any_other_call(string call)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(12), SyncMode.Mirror, Quick());
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(8), new("f", "f@async-fail.example", "F"), new("n", "new@shop.example", "N")]);
        foreach (var kind in new[] { FaultKind.LoseAnswer, FaultKind.Status, FaultKind.Truncate })
            bench.Sandbox.Faults.Add(new Fault(kind) { Call = call });

        var waiting = await bench.RunAsync();
        Assert.Equal(RunState.FailedRetrying, waiting.State);
        bench.Sandbox.Faults.Clear();
        var run = await bench.GoOnAsync(waiting.Id);

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithLeaving", accepted: 1, refused: 1);
        Assert.Equal((4, 4), (run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(
            [.. Customer.Many(8).Select(customer => customer.Email!).Append("new@shop.example").Order(StringComparer.Ordinal)],
            bench.OnList()
        );
        Assert.Equal("f", Assert.Single(await bench.RejectionsAsync(run.Id)).ProfileKey);
    }

    [Fact]
    public async Task After_a_429_with_an_hour_of_Retry_After_no_call_is_made_before_the_hour_has_passed()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = 429,
                RetryAfter = 3_600,
                Call = "bulk_import_profiles",
            }
        );

        var run = await bench.RunAsync();

        await bench.WaitsAsync(run, "Klaviyo.OutageTooManyRequests");
        Assert.InRange(run.RetryAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));
        Assert.Single(bench.Sandbox.State.Requests, request => request.Status == 429);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("https://klaviyo.invalid")]
    public async Task With_an_unreachable_or_unknown_host_the_run_waits_and_then_delivers(string address)
    {
        var settings = Quick();
        settings["Klaviyo:BaseUrl"] = address;
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), settings: settings);

        var waiting = await bench.RunAsync();
        await bench.WaitsAsync(waiting, "Klaviyo.OutageCannotConnect");
        Assert.False(await bench.AnyBatchAsync(waiting.Id, BatchState.Sending));
        settings["Klaviyo:BaseUrl"] = bench.Sandbox.BaseAddress.ToString();
        await bench.Product.StopAsync();

        await bench.EndedAsync(await bench.GoOnAsync(waiting.Id), RunState.Successful, "Delivery.Successful", accepted: 10);
        Assert.Equal(10, bench.OnList().Count);
    }

    [Theory]
    [InlineData("401", "Klaviyo.KeyRefused")]
    [InlineData("429", "Delivery.RetriesSpent")]
    public async Task A_batch_whose_first_response_was_lost_is_never_counted_as_unsent(string then, string outcome)
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "bulk_import_profiles", Times = 1 });
        bench.Sandbox.Faults.Add(FaultOf(then) with { Call = "bulk_import_profiles", After = 1 });

        var run = await bench.RunAsync();
        if (run.State == RunState.FailedRetrying)
            run = await bench.SpendRetriesAsync(run.Id);

        await bench.EndedAsync(run, RunState.FailedPermanent, outcome, unconfirmed: 10);
        // The job of the batch continues at Klaviyo after the run has ended.
        await Patience.UntilAsync(() => bench.OnList().Count == 10);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/data/attributes/profiles/data/10/attributes/email")]
    [InlineData("/data/attributes/profiles/data/-1/attributes/email")]
    [InlineData("/data/attributes/profiles/data/x")]
    [InlineData("/data/attributes")]
    public async Task A_400_that_names_no_row_of_the_batch_rejects_no_profile_and_fails_permanently(string? pointsAt)
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.WrongPointers) { PointsAt = pointsAt, Call = "bulk_import_profiles" });

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.FailedPermanent, "Delivery.BatchRefused", unsent: 10);
        Assert.Empty(await bench.RejectionsAsync(run.Id));
        Assert.Empty(bench.OnList());
    }

    [Fact]
    public async Task A_400_that_points_at_the_list_means_the_list_is_missing()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.WrongPointers) { PointsAt = "/data/relationships/lists/data/0/id" });

        await bench.EndedAsync(await bench.RunAsync(), RunState.FailedPermanent, "Klaviyo.ListNotFound", unsent: 10);
    }

    [Fact]
    public async Task A_400_that_names_one_existing_and_one_unknown_row_sets_the_existing_row_aside()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.WrongPointers) { PointsAt = $"{Row(2)} {Row(77)}", Times = 1 });

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 9, refused: 1);
        Assert.Equal("c0000002", Assert.Single(await bench.RejectionsAsync(run.Id)).ProfileKey);
    }

    [Fact]
    public async Task A_row_number_in_a_second_400_counts_the_remaining_rows()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers)
            {
                PointsAt = Row(3),
                Call = "bulk_import_profiles",
                Times = 2,
            }
        );

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 8, refused: 2);
        Assert.Equal(["c0000003", "c0000004"], (await bench.RejectionsAsync(run.Id)).Select(row => row.ProfileKey).Order());
        Assert.Equal(8, bench.OnList().Count);
        Assert.DoesNotContain("c4@shop.example", bench.OnList());
    }

    [Fact]
    public async Task A_batch_with_only_refused_rows_is_finished_without_a_call()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers)
            {
                PointsAt = string.Join(' ', Enumerable.Range(0, 10).Select(Row)),
                Call = "bulk_import_profiles",
            }
        );

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", refused: 10);
        Assert.Equal(10, (await bench.RejectionsAsync(run.Id)).Count);
        Assert.Empty(bench.Sandbox.State.Jobs());
    }

    [Fact]
    public async Task A_413_fails_permanently_and_says_what_to_do()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 413, Call = "bulk_import_profiles" });

        await bench.EndedAsync(await bench.RunAsync(), RunState.FailedPermanent, "Klaviyo.TooLarge", unsent: 10);
        Assert.Single(bench.Sandbox.State.Requests, request => request.Status == 413);
    }

    [Theory]
    [InlineData(401, "Klaviyo.KeyRefused")]
    [InlineData(403, "Klaviyo.ScopeMissing")]
    public async Task A_key_revoked_between_two_batches_leaves_the_first_unconfirmed_and_the_second_unsent(int status, string words)
    {
        await using var bench = await Workbench.CreateAsync(Customer.TwoBatches(), settings: OneByOne());
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = status,
                Call = "bulk_import_profiles",
                After = 1,
            }
        );

        await bench.EndedAsync(await bench.RunAsync(), RunState.FailedPermanent, words, unconfirmed: 55, unsent: 5);
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(words, (await db.Set<Connection>().SingleAsync()).LastError!.Code);
    }

    [Theory]
    [InlineData(401, "Klaviyo.KeyRefused")]
    [InlineData(403, "Klaviyo.ScopeMissing")]
    public async Task A_key_revoked_while_jobs_are_polled_leaves_everything_unconfirmed(int status, string words)
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = status, Call = "get_bulk_import_profiles_job" });

        await bench.EndedAsync(await bench.RunAsync(), RunState.FailedPermanent, words, unconfirmed: 10);
    }

    [Fact]
    public async Task A_list_that_is_deleted_between_two_batches_leaves_the_first_unconfirmed_and_the_second_unsent()
    {
        var sandboxClock = new TestClock();
        await using var bench = await Workbench.CreateAsync(Customer.TwoBatches(), settings: OneByOne(), sandboxClock: sandboxClock);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Delay)
            {
                Call = "bulk_import_profiles",
                After = 1,
                Times = 1,
                DelayMs = 60_000,
            }
        );
        var timers = sandboxClock.WaitingTimers;
        var (id, execution) = await bench.BeginAsync();
        // One timer polls the first batch's job; the other delays the second batch.
        await Patience.UntilAsync(() => sandboxClock.WaitingTimers >= timers + 2);

        bench.Sandbox.State.DeleteList(PracticeStore.Newsletter);
        sandboxClock.Advance(TimeSpan.FromMinutes(1));
        await execution;

        await bench.EndedAsync(await bench.FindAsync(id), RunState.FailedPermanent, "Klaviyo.ListNotFound", unconfirmed: 55, unsent: 5);
    }

    [Fact]
    public async Task A_list_deleted_while_jobs_run_fails_the_run_permanently_with_nothing_confirmed()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1 });
        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(async () => (await bench.FindAsync(id)).State == RunState.Confirming);

        bench.Sandbox.State.DeleteList(PracticeStore.Newsletter);
        bench.Sandbox.Faults.Clear();
        await execution;

        await bench.EndedAsync(await bench.FindAsync(id), RunState.FailedPermanent, "Klaviyo.ListNotFound", unconfirmed: 10);
    }

    private static string Row(int index) => $"/data/attributes/profiles/data/{index}/attributes/email";

    /// <summary>Two batches at the same time could arrive in any order.</summary>
    private static Dictionary<string, string?> OneByOne() => new() { ["Delivery:CallsInFlight"] = "1" };
}
