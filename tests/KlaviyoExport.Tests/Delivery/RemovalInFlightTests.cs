using KlaviyoExport.Dispatch;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A mirror run takes three thousand people off the list: three calls, and ten look-ups for each of them.</summary>
public class RemovalInFlightTests
{
    private const int Staying = 30;
    private const int Leaving = 3_000;
    private const string OfList = "/relationships/profiles";

    private readonly Gathering _gathering = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_ups_and_removals_wait_for_their_answers_at_the_same_time()
    {
        await using var bench = await CreateAsync();
        _gathering.Hold(HttpMethod.Get, "/profiles", 30);
        _gathering.Hold(HttpMethod.Delete, OfList, 3);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, Leaving, Leaving), (run.State, run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(Staying, bench.OnList().Count);
    }

    [Fact]
    public async Task An_undone_run_takes_its_people_off_and_puts_the_removed_ones_back_with_several_calls_in_flight()
    {
        await using var bench = await CreateAsync();
        var run = await bench.RunAsync();
        _gathering.Hold(HttpMethod.Post, OfList, 6);

        var undo = await UndoAsync(bench, run);

        Assert.Equal((RunState.Successful, Leaving, Leaving + Staying), (undo.State, undo.Ledger.PutBack, bench.OnList().Count));
        await bench.ReplaceCustomersAsync(Customer.Many(2 * Leaving + Staying));
        // Klaviyo says in whole seconds when somebody joined. Who was put back must not seem to have joined through the next run.
        var putBack = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await Patience.UntilAsync(() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() > putBack);
        run = await bench.RunAsync();
        Assert.Equal(2 * Leaving + Staying, bench.OnList().Count);
        _gathering.Hold(HttpMethod.Delete, OfList, 3);

        undo = await UndoAsync(bench, run);

        Assert.Equal((RunState.Successful, Leaving, Leaving + Staying), (undo.State, undo.Ledger.Removed, bench.OnList().Count));
    }

    [Theory]
    [InlineData(FaultKind.LoseAnswer, "remove_profiles_from_list")]
    [InlineData(FaultKind.ResetMidBody, "remove_profiles_from_list")]
    [InlineData(FaultKind.Status, "remove_profiles_from_list")]
    [InlineData(FaultKind.Status, "get_profiles_for_list")]
    [InlineData(FaultKind.Truncate, "get_profiles_for_list")]
    public async Task Whatever_becomes_of_calls_in_flight_everybody_is_removed_and_counted_once(FaultKind kind, string call)
    {
        await using var bench = await CreateAsync(new() { ["Klaviyo:Retry:Tries"] = "1" });
        for (var after = 0; after < 6; after += 2)
            bench.Sandbox.Faults.Add(
                new Fault(kind)
                {
                    Call = call,
                    After = after,
                    Times = 1,
                    Status = 503,
                }
            );

        var run = await bench.RunAsync();
        Assert.Equal(RunState.FailedRetrying, run.State);
        run = await bench.SpendRetriesAsync(run.Id);

        Assert.Equal((RunState.Successful, Leaving, Leaving), (run.State, run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(Staying, bench.OnList().Count);
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(Staying, await db.Set<Membership>().CountAsync(Cancel));
        Assert.Equal(Leaving, await db.Set<RemovedMember>().CountAsync(removed => removed.RunId == run.Id, Cancel));
    }

    [Fact]
    public async Task A_refusal_ends_the_run_and_what_the_other_calls_have_removed_is_counted()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = "remove_profiles_from_list",
                After = 1,
                Times = 1,
                Status = 403,
            }
        );
        _gathering.Hold(HttpMethod.Delete, OfList, 3);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, 2_000), (run.State, run.Ledger.Removed));
        Assert.Equal(1_000 + Staying, bench.OnList().Count);
        run = await bench.RunAsync();
        Assert.Equal((RunState.Successful, 1_000, Staying), (run.State, run.Ledger.Removed, bench.OnList().Count));
    }

    [Fact]
    public async Task A_call_in_flight_that_gets_a_429_makes_the_others_wait_and_is_made_again()
    {
        await using var bench = await CreateAsync();
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = "remove_profiles_from_list",
                Times = 2,
                Status = 429,
                RetryAfter = 1,
            }
        );

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, Leaving, Staying), (run.State, run.Ledger.Removed, bench.OnList().Count));
    }

    [Fact]
    public async Task A_canceled_run_leaves_its_calls_in_flight_and_the_next_run_removes_the_people()
    {
        await using var bench = await CreateAsync();
        var gate = _gathering.Hold(HttpMethod.Delete, OfList, 4);
        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(() => gate.Waiting == 3);

        await bench.CancelAsync(id);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        Assert.Equal((RunState.Canceled, Leaving + Staying), ((await bench.FindAsync(id)).State, bench.OnList().Count));
        var next = await bench.RunAsync();
        Assert.Equal((RunState.Successful, Leaving, Staying), (next.State, next.Ledger.Removed, bench.OnList().Count));
    }

    private async Task<Workbench> CreateAsync(Dictionary<string, string?>? settings = null)
    {
        var bench = await Workbench.CreateAsync(
            Customer.Many(Leaving + Staying),
            SyncMode.Mirror,
            new(settings ?? []) { ["Delivery:Approval:AtLeast"] = "1000000" },
            configure: _gathering.AddTo
        );
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(Staying));
        return bench;
    }

    private static async Task<Run> UndoAsync(Workbench bench, Run run) =>
        await bench.GoOnAsync(await bench.Product.Get<RunService>().UndoAsync(Product.Operator, run.Id, Cancel));
}
