using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

public class SyncModeTests
{
    [Fact]
    public async Task An_incremental_run_sends_new_and_changed_profiles_and_counts_the_others_as_unchanged()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5), SyncMode.Incremental);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync([
            .. Customer.Many(4),
            new("c0000004", "c4@shop.example", "Renamed"),
            new("n", "new@shop.example", "New"),
        ]);

        var run = await bench.RunAsync();

        Assert.Equal((6, 4, 2, 2), (run.Ledger.Members, run.Ledger.Unchanged, run.Ledger.Prepared, run.Ledger.Accepted));
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(6, bench.OnList().Count);
    }

    [Fact]
    public async Task An_incremental_run_sends_refused_profiles_again()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Incremental);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.RowsFail) { Times = 1, Email = "c1@" });
        await bench.RunAsync();
        bench.Sandbox.Faults.Clear();

        var run = await bench.RunAsync();

        Assert.Equal((2, 1, 1), (run.Ledger.Unchanged, run.Ledger.Prepared, run.Ledger.Accepted));
    }

    [Fact]
    public async Task A_batch_with_unnamed_refused_profiles_is_sent_again()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Incremental);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.RowsFail) { Times = 1, Email = "c1@" });
        bench.Sandbox.Faults.Add(new Fault(FaultKind.ErrorsMissing) { Times = 1, Amount = 1 });
        await bench.RunAsync();

        var run = await bench.RunAsync();

        Assert.Equal((0, 3), (run.Ledger.Unchanged, run.Ledger.Accepted));
    }

    [Fact]
    public async Task A_mirror_run_removes_profiles_that_left_but_none_it_did_not_add()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5), SyncMode.Mirror);
        await bench.RunAsync();
        var others = bench.Sandbox.State.Members(KlaviyoExport.Sandbox.Accounts.PracticeStore.Newsletter).Count - 5;
        await bench.ReplaceCustomersAsync(Customer.Many(3));

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 2, 2), (run.State, run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(["c0@shop.example", "c1@shop.example", "c2@shop.example"], bench.OnList());
        Assert.Equal(3 + others, bench.Sandbox.State.Members(KlaviyoExport.Sandbox.Accounts.PracticeStore.Newsletter).Count);
    }

    [Fact]
    public async Task An_excluded_member_is_no_member_of_the_run_and_leaves_a_mirrored_list()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5), SyncMode.Mirror);
        await bench.RunAsync();
        await using (var db = await bench.Product.OpenAsync())
        {
            var export = await db.Set<Export>()
                .Include(export => export.ExcludedSegments)
                .SingleAsync(TestContext.Current.CancellationToken);
            export.ExcludedSegments.Add(
                new Segment
                {
                    Name = "Do not mail",
                    SourceId = export.SourceId,
                    CreatedBy = "x",
                    Definition = new ConditionSegment(
                        new ConditionGroup(GroupKind.All, [new Condition("id", Operator.InList, ["c0000001", "c0000003"])])
                    ),
                }
            );
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 3, 2, 2), (run.State, run.Ledger.Members, run.Ledger.Leaving, run.Ledger.Removed));
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(["c0@shop.example", "c2@shop.example", "c4@shop.example"], bench.OnList());
    }

    [Fact]
    public async Task A_mirror_run_whose_segments_became_empty_removes_nobody_and_says_why()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5), SyncMode.Mirror);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync([]);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, "Delivery.WouldEmptyListNoMembers"), (run.State, run.Outcome!.Code));
        Assert.Equal(5, bench.OnList().Count);
    }

    [Fact]
    public async Task More_than_a_thousand_leaving_profiles_are_all_removed()
    {
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(1_205),
            SyncMode.Mirror,
            new() { ["Delivery:Approval:AtLeast"] = "2000" }
        );
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(1));

        var run = await bench.RunAsync();

        Assert.Equal((1_204, 1_204), (run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(["c0@shop.example"], bench.OnList());
    }

    [Fact]
    public async Task A_profile_that_left_and_returned_is_sent_again()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Mirror);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(2));
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(3));

        var run = await bench.RunAsync();

        Assert.Equal((2, 1), (run.Ledger.Unchanged, run.Ledger.Accepted));
        Assert.Equal(3, bench.OnList().Count);
    }

    [Fact]
    public async Task Profiles_that_may_have_arrived_in_a_canceled_run_can_be_removed_by_a_later_one()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Mirror);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_bulk_import_profiles_job", Status = 503 });
        var waiting = await bench.RunAsync();
        bench.Sandbox.State.FinishJobs();
        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, waiting.Id, TestContext.Current.CancellationToken);
        bench.Sandbox.Faults.Clear();
        Assert.Equal(3, bench.OnList().Count);
        await bench.ReplaceCustomersAsync(Customer.Many(1));

        var run = await bench.RunAsync();

        Assert.Equal((2, 2), (run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(["c0@shop.example"], bench.OnList());
    }
}
