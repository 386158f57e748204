using KlaviyoExport.Delivery;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Runs;

/// <summary>Two executions of one run, as after a server was paused and another one took over its run.</summary>
public sealed class RunClaimTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bulk_import_profiles", RunState.Sending)]
    [InlineData("get_bulk_import_profiles_job", RunState.Confirming)]
    public async Task An_execution_that_lost_its_claim_changes_nothing(string call, RunState state)
    {
        await using var bench = await Workbench.CreateAsync(Customer.TwoBatches());
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Delay)
            {
                Call = call,
                DelayMs = 1_500,
                Times = 1,
            }
        );
        var (id, sleeper) = await bench.BeginAsync();
        await bench.Product.WaitForAsync(id, run => run.State == state);

        await bench.Product.Get<RunClaims>().TakeAsync(await bench.FindAsync(id), Cancel);
        var left = await bench.FindAsync(id);
        Assert.Null(await sleeper);

        var after = await bench.FindAsync(id);
        Assert.Equal((left.State, left.Stage, left.Version, 0), (after.State, after.Stage, after.Version, after.Retries));
        await bench.EndedAsync(await bench.GoOnAsync(id), RunState.Successful, "Delivery.Successful", accepted: 60);
        Assert.Equal(60, bench.OnList().Count);
    }

    [Fact]
    public async Task A_run_claimed_by_two_servers_at_once_is_executed_once()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(50));
        var id = await bench.QueueAsync();

        var one = Task.Run(() => bench.Product.Get<RunExecution>().RunAsync(id, Cancel), Cancel);
        var two = Task.Run(() => bench.Product.Get<RunExecution>().RunAsync(id, Cancel), Cancel);
        await Task.WhenAll(one, two);

        var run = await bench.FindAsync(id);
        Assert.Equal((RunState.Successful, 50L, 0), (run.State, run.Ledger.Accepted, run.Retries));
    }
}
