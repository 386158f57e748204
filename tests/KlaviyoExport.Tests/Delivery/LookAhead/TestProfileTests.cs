using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery.LookAhead;

public sealed class TestProfileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_member_is_sent_to_the_list_and_nobody_else()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5));

        var result = await SendAsync(bench, "c0000003");

        Assert.Equal((TestOutcome.Accepted, true), (result.Outcome, result.IsOnList));
        Assert.Equal(["c3@shop.example"], bench.OnList());
        Assert.Equal(result.JobId, Assert.Single(bench.Sandbox.State.Jobs()).Id);
        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<Run>().ToListAsync(Cancel));
        var entry = await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "Exports.TestProfileSent", Cancel);
        Assert.Equal((bench.ExportId, Product.Administrator.Id), (entry.SubjectId, entry.ActorId));
    }

    [Fact]
    public async Task A_mirror_export_takes_a_test_profile_off_again_when_it_leaves_the_segments()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5), SyncMode.Mirror);
        await SendAsync(bench, "c0000003");
        await bench.ReplaceCustomersAsync(Customer.Many(3));

        var run = await bench.RunAsync();

        Assert.Equal((3, 1, 1), (run.Ledger.Accepted, run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(3, bench.OnList().Count);
    }

    [Fact]
    public async Task An_incremental_run_does_not_send_an_accepted_test_profile_again()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Incremental);
        await SendAsync(bench, "c0000001");

        var run = await bench.RunAsync();

        Assert.Equal((1, 2), (run.Ledger.Unchanged, run.Ledger.Accepted));
    }

    [Fact]
    public async Task The_answer_of_Klaviyo_is_told_when_it_refuses_the_profile_at_once()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers)
            {
                Call = "bulk_import_profiles",
                PointsAt = "/data/attributes/profiles/data/0/attributes/email",
            }
        );

        var result = await SendAsync(bench, "c0000001");

        Assert.Equal((TestOutcome.Refused, false), (result.Outcome, result.IsOnList));
        Assert.NotNull(result.Detail);
        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<Membership>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task The_answer_of_Klaviyo_is_told_when_its_job_refuses_the_profile()
    {
        await using var bench = await Workbench.CreateAsync([new("x", "x@async-fail.example", "X")]);

        var result = await SendAsync(bench, "x");

        Assert.Equal((TestOutcome.Refused, false), (result.Outcome, result.IsOnList));
        Assert.NotNull(result.KlaviyoCode);
        Assert.DoesNotContain("@", result.Detail, StringComparison.Ordinal);
        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<Membership>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_test_profile_goes_without_an_identifier_that_a_member_before_it_has_as_in_a_run()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "a@shop.example", "X-1"), new("b", "b@shop.example", "X-1")]);
        await using (var db = await bench.Product.OpenAsync())
        {
            (await db.Set<Export>().SingleAsync(Cancel)).Fields = [new("name", "external_id")];
            await db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(TestOutcome.Accepted, (await SendAsync(bench, "b")).Outcome);

        Assert.Null(bench.Sandbox.State.Members(PracticeStore.Newsletter).Single(member => member.Email == "b@shop.example").ExternalId);
    }

    [Theory]
    [InlineData("nobody", TestOutcome.NotAMember, null)]
    [InlineData("a", TestOutcome.LeftOut, RejectionReason.NotInKlaviyo)]
    [InlineData("b", TestOutcome.LeftOut, RejectionReason.InvalidEmail)]
    [InlineData("c", TestOutcome.LeftOut, RejectionReason.DuplicateEmail)]
    public async Task Whom_a_run_would_leave_out_is_not_sent(string key, TestOutcome outcome, RejectionReason? reason)
    {
        await using var bench = await Workbench.CreateAsync([
            new("a", "a@shop.example", "A"),
            new("b", "b@", "B"),
            new("c", "A@shop.example", "C"),
        ]);
        await using (var db = await bench.Product.OpenAsync())
        {
            (await db.Set<Export>().SingleAsync(Cancel)).Audience = new() { UpdateOnly = true };
            await db.SaveChangesAsync(Cancel);
        }

        var result = await SendAsync(bench, key);

        Assert.Equal((outcome, reason), (result.Outcome, result.LeftOut));
        Assert.DoesNotContain(bench.Sandbox.State.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task No_test_profile_is_sent_while_a_run_of_the_export_is_in_progress()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        await bench.QueueAsync();

        var fault = await Assert.ThrowsAsync<LocalizedException>(() => SendAsync(bench, "c0000001"));

        Assert.Equal("Exports.IsRunning", fault.LocalizedMessage.Code);
        Assert.DoesNotContain(bench.Sandbox.State.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task A_refused_key_is_told_and_leaves_nothing_behind()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "bulk_import_profiles", Status = 401 });

        await Assert.ThrowsAsync<LocalizedException>(() => SendAsync(bench, "c0000001"));

        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<Membership>().ToListAsync(Cancel));
    }

    private static Task<TestProfileResult> SendAsync(Workbench bench, string key) =>
        bench.Product.Get<TestProfiles>().SendAsync(Product.Administrator, bench.ExportId, key, Cancel);
}
