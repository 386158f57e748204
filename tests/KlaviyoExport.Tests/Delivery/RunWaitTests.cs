using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A run that is held up says why, on every server.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class RunWaitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_says_on_another_server_that_Klaviyo_has_asked_for_a_pause()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = "bulk_import_profiles",
                Status = 429,
                RetryAfter = 100,
            }
        );
        using var other = bench.Product.AnotherNode();

        var (run, wait) = await HeldAsync(bench, RunState.Sending);

        Assert.Equal((RunWaitKind.Limit, "bulk_import_profiles", true), (wait.Kind, wait.Endpoint, wait.IsPaused));
        Assert.InRange(wait.Until!.Value, wait.Since.AddSeconds(90), wait.Since.AddSeconds(105));
        var view = await other.Services.GetRequiredService<RunQueries>().GetAsync(Product.Viewer, run, Cancel);
        Assert.Equal("Delivery.WaitsPause", view.WaitsFor?.Message.Code);
        Assert.Null(view.TimeLeft);
        await CanceledAsync(bench, run);
    }

    [Fact]
    public async Task A_run_says_how_many_jobs_it_waits_for()
    {
        await using var bench = await Workbench.CreateAsync(Customer.TwoBatches());
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));

        var (run, wait) = await HeldAsync(bench, RunState.Confirming);

        Assert.Equal((RunWaitKind.Jobs, bench.Sandbox.State.Jobs().Count), (wait.Kind, wait.OpenJobs));
        Assert.Equal(wait.OpenJobs, wait.QueuedJobs + wait.ProcessingJobs);
        var view = await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, run, Cancel);
        Assert.Equal(
            [(Stage.Prepare, 60, 60), (Stage.Send, 60, 60), (Stage.Confirm, 0, 60)],
            view.Steps.Select(step => (step.Stage, step.Done, step.Total!.Value))
        );
        await CanceledAsync(bench, run);
    }

    [Fact]
    public async Task A_run_says_that_the_source_sends_no_rows()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await CancelTests.NeverAnsweringAsync(bench);

        var (run, wait) = await HeldAsync(bench, RunState.Preparing);

        Assert.Equal(RunWaitKind.Source, wait.Kind);
        await CanceledAsync(bench, run);
    }

    private static async Task<(int RunId, RunWait Wait)> HeldAsync(Workbench bench, RunState state)
    {
        var (id, _) = await bench.BeginAsync();
        var held = await bench.Product.WaitForAsync(id, run => run.State == state && run.Reading?.Wait is not null);
        return (id, held.Reading!.Wait!);
    }

    /// <summary>Nothing of the wait is left when the run has ended.</summary>
    private static async Task CanceledAsync(Workbench bench, int runId)
    {
        await bench.CancelAsync(runId);
        Assert.Null((await bench.Product.WaitForAsync(runId, run => run.State == RunState.Canceled)).Reading);
    }
}
