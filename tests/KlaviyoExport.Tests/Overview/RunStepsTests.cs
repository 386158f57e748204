using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using static KlaviyoExport.Tests.Overview.RunTimes;

namespace KlaviyoExport.Tests.Overview;

public sealed class RunStepsTests
{
    [Fact]
    public void While_members_are_read_batches_may_be_sent_and_confirmed_already()
    {
        var run = Run(Stage.Prepare, 60_000, 100_000, (Stage.Prepare, 5_000), (Stage.Send, 900));

        Assert.Equal(
            [
                new RunStep(Stage.Prepare, 60_000, 100_000, 5_000),
                new RunStep(Stage.Send, 30_000, 100_000, 900),
                new RunStep(Stage.Confirm, 10_000, 100_000, null),
            ],
            RunSteps.Of(run, Batches(confirmed: 1, sent: 2, waiting: 2), Now)
        );
    }

    [Fact]
    public void Afterwards_the_prepared_profiles_are_the_total()
    {
        var run = Run(Stage.Send, 30_000, 90_000);

        Assert.Equal(
            [(100_000, 100_000), (30_000, 90_000), (10_000, 90_000)],
            RunSteps.Of(run, Batches(confirmed: 1, sent: 2, waiting: 6), Now).Select(step => (step.Done, step.Total!.Value))
        );
    }

    [Fact]
    public void The_part_of_a_job_that_is_done_counts_in_the_current_stage() =>
        Assert.Equal(14_500, RunSteps.Of(Run(Stage.Confirm, 14_500, 90_000), Batches(confirmed: 1, sent: 8), Now)[^1].Done);

    [Fact]
    public void A_reading_that_is_not_renewed_has_no_rate()
    {
        var run = Run(Stage.Send, 30_000, 90_000, (Stage.Send, 900));

        Assert.Null(RunSteps.Of(run, [], Now + RunReading.Lifetime)[1].Rate);
    }

    [Fact]
    public void A_mirror_run_has_a_step_that_removes_when_somebody_leaves()
    {
        var run = Run(Stage.Confirm, 0, 90_000) with
        {
            SyncMode = SyncMode.Mirror,
            Ledger = new Ledger
            {
                Members = 100_000,
                Prepared = 90_000,
                Leaving = 70,
                KeptForOthers = 20,
            },
        };

        Assert.Equal(new RunStep(Stage.Remove, 0, 50, null), RunSteps.Of(run, [], Now)[^1]);
    }

    [Fact]
    public void The_step_that_removes_has_a_rate()
    {
        var run = Run(Stage.Remove, 1_000, 4_000, (Stage.Remove, 500));

        Assert.Equal(new RunStep(Stage.Remove, 1_000, 4_000, 500), RunSteps.Of(run, Batches(confirmed: 9), Now)[^1]);
    }

    [Fact]
    public void A_run_that_undoes_another_has_no_steps_that_send()
    {
        var run = Run(Stage.Remove, 5, 9) with
        {
            UndoesRunId = 1,
            Ledger = new Ledger { Leaving = 4, Returning = 5 },
        };

        Assert.Equal([new RunStep(Stage.Remove, 5, 9, null)], RunSteps.Of(run, [], Now));
    }

    [Fact]
    public void A_run_that_waits_or_has_ended_has_no_steps() =>
        Assert.All(
            new[] { RunState.Queued, RunState.NeedsApproval, RunState.FailedRetrying, RunState.Successful },
            state => Assert.Empty(RunSteps.Of(Run(Stage.Send, 1, 2) with { State = state }, [], Now))
        );
}
