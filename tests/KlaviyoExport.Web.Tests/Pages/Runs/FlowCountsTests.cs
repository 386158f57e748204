using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class FlowCountsTests
{
    [Fact]
    public async Task Counts_of_sent_and_accepted_profiles_are_shown_while_batches_are_sent()
    {
        var counts = await CountsAsync(
            run =>
            {
                (run.State, run.Stage) = (RunState.Sending, Stage.Send);
                run.Ledger = new Ledger
                {
                    Members = 320,
                    WithoutEmail = 20,
                    Prepared = 300,
                };
            },
            new()
            {
                State = BatchState.Confirmed,
                Prepared = 100,
                Accepted = 95,
                Refused = 5,
            },
            new()
            {
                State = BatchState.Sent,
                Prepared = 100,
                Refused = 2,
            },
            new()
            {
                State = BatchState.Sending,
                Prepared = 100,
                Refused = 1,
            }
        );

        Assert.Equal(
            new FlowCounts(Read: 320, LeftOut: 20, Sent: 201, NotSent: 99, Accepted: 95, Refused: 8, Unconfirmed: 0, Awaited: 98),
            counts
        );
    }

    [Fact]
    public async Task An_ended_run_is_judged_by_its_ledger()
    {
        var counts = await CountsAsync(run =>
        {
            (run.State, run.ActiveExportId) = (RunState.Canceled, null);
            run.Ledger = new Ledger
            {
                Members = 1_005,
                WithoutEmail = 1,
                Invalid = 2,
                Duplicate = 3,
                Unchanged = 4,
                Respected = 5,
                Prepared = 990,
                Accepted = 700,
                Refused = 20,
                Unconfirmed = 70,
                Unsent = 200,
            };
        });

        Assert.Equal(
            new FlowCounts(Read: 1_005, LeftOut: 15, Sent: 790, NotSent: 200, Accepted: 700, Refused: 20, Unconfirmed: 70, Awaited: 0),
            counts
        );
    }

    private static async Task<FlowCounts> CountsAsync(Action<Run> set, params Batch[] batches)
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await context.AddRunAsync(set);
        AppUser reader;
        await using (var db = await context.OpenAsync())
        {
            foreach (var (index, batch) in batches.Index())
            {
                (batch.RunId, batch.Number) = (run.Id, index + 1);
                db.Set<Batch>().Add(batch);
            }
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            reader = db.Set<AppUser>().First();
        }
        var view = await context
            .Ui.Services.GetRequiredService<RunQueries>()
            .GetAsync(new Actor(reader.Id, reader.DisplayName, reader.Role), run.Id, TestContext.Current.CancellationToken);
        return FlowCounts.Of(view.Run, view.Batches);
    }
}
