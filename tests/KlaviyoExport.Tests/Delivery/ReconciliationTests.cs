using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

public sealed class ReconciliationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10, 0, 0, 10, 0, false)]
    [InlineData(8, 2, 0, 10, 2, false)]
    [InlineData(8, 2, 0, 8, 2, false)]
    [InlineData(8, 2, 1, 9, 1, false)]
    [InlineData(8, 2, 2, 8, 0, false)]
    [InlineData(10, 0, 0, 9, 0, true)]
    [InlineData(8, 2, 0, 10, 1, true)]
    [InlineData(8, 2, 1, 8, 2, true)]
    [InlineData(8, 2, 0, null, null, false)]
    public void Counts_differ_only_where_Klaviyo_counted_differently(
        int accepted,
        int refused,
        int setAside,
        int? completed,
        int? failed,
        bool differs
    ) =>
        Assert.Equal(
            differs,
            new Batch
            {
                State = BatchState.Confirmed,
                Accepted = accepted,
                Refused = refused,
                SetAside = setAside,
                JobCompleted = completed,
                JobFailed = failed,
            }.Differs
        );

    [Fact, Trait(Needs.Trait, Needs.Time)]
    public async Task A_difference_is_never_a_silent_success()
    {
        await using var bench = await ConfirmedAsync(batch => (batch.JobCompleted, batch.JobFailed) = (4, 0));
        var run = await CloseAsync(bench);

        Assert.Equal((RunState.CompletedWithWarnings, "Delivery.CountsDiffer"), (run.State, run.Outcome!.Code));
        Assert.True(run.Ledger.AddsUp);
        var view = await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, run.Id, Cancel);
        Assert.True(Assert.Single(view.Batches).Differs);
        Assert.Contains(
            view.Timeline,
            line =>
                line.What.ToString()
                    .Contains(
                        "the ledger has 5 accepted and 0 refused, but Klaviyo counted 4 completed and 0 failed",
                        StringComparison.Ordinal
                    )
        );
    }

    [Fact]
    public async Task Equal_or_missing_counts_change_nothing()
    {
        foreach (var completed in new int?[] { 5, null })
        {
            await using var bench = await ConfirmedAsync(batch =>
                (batch.JobCompleted, batch.JobFailed) = (completed, completed is null ? null : 0)
            );
            var run = await CloseAsync(bench);

            Assert.Equal(RunState.Successful, run.State);
            Assert.DoesNotContain(
                (await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, run.Id, Cancel)).Batches,
                batch => batch.Differs
            );
        }
    }

    [Fact]
    public async Task Profiles_set_aside_before_the_job_are_not_a_difference()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers) { Times = 1, PointsAt = "/data/attributes/profiles/data/2/attributes/email" }
        );
        var run = await bench.RunAsync();
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Batch>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(batch => batch.JobCompleted, 4).SetProperty(batch => batch.JobFailed, 0),
                    Cancel
                );

        var view = await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, run.Id, Cancel);

        Assert.Equal((4, 1, false), (view.Batches[0].Accepted, view.Batches[0].Refused, view.Batches[0].Differs));
    }

    /// <summary>A run that is not closed and whose only batch is confirmed, with the given counts of Klaviyo.</summary>
    private static async Task<Workbench> ConfirmedAsync(Action<Batch> count)
    {
        var bench = await Workbench.CreateAsync(Customer.Many(5), SyncMode.Full);
        var run = await bench.RunAsync();
        await using var db = await bench.Product.OpenAsync();
        count(await db.Set<Batch>().SingleAsync(Cancel));
        await db.SaveChangesAsync(Cancel);
        await db.Set<Run>()
            .Where(stored => stored.Id == run.Id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(stored => stored.State, RunState.Confirming)
                        .SetProperty(stored => stored.Stage, Stage.Close)
                        .SetProperty(stored => stored.ActiveExportId, bench.ExportId)
                        .SetProperty(stored => stored.FinishedAt, (DateTimeOffset?)null),
                Cancel
            );
        return bench;
    }

    private static async Task<Run> CloseAsync(Workbench bench)
    {
        int id;
        await using (var db = await bench.Product.OpenAsync())
            id = await db.Set<Run>().Select(run => run.Id).SingleAsync(Cancel);
        return await bench.GoOnAsync(id);
    }
}
