using System.Text;
using System.Text.Json;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Retention;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

public class ListCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_as_expected_is_reported_as_such()
    {
        await using var bench = await BenchAsync([.. Customer.Many(3), new("m", "C0@SHOP.example", "Twin"), new("n", null, "Nobody")]);

        var check = await CheckAsync(bench, await bench.RunAsync());

        Assert.Equal(
            (ListCheckState.Done, 3, 3, 0, 0, "Delivery.CheckSame"),
            (check.State, check.Expected, check.Members, check.Missing, check.Unexpected, check.Outcome!.Code)
        );
    }

    [Theory]
    [InlineData(SyncMode.Full)]
    [InlineData(SyncMode.Incremental)]
    [InlineData(SyncMode.Mirror)]
    public async Task Missing_and_unexpected_members_are_compared_with_the_current_data(SyncMode mode)
    {
        await using var bench = await BenchAsync(Customer.Many(5), mode);
        await bench.RunAsync();
        var run = await bench.RunAsync();
        await RemoveAsync(bench, "c1@shop.example");
        await JoinAsync(bench, "stranger@shop.example");
        // c4 has left the segments, and the export still holds c4.
        await bench.ReplaceCustomersAsync([.. Customer.Many(4), new("n", "new@shop.example", "New")]);

        var check = await CheckAsync(bench, run);

        Assert.Equal((ListCheckState.Done, 5, 5), (check.State, check.Expected, check.Members));
        Assert.Equal((1, 1, 1, 1), (check.Missing, check.RemovedByHand, check.Unexpected, check.OfOthers));
        var missing = Assert.Single(await WhoAsync(bench, run, ListDifferenceKind.Missing));
        Assert.Equal(("n", "new@shop.example"), (missing.ProfileKey!, missing.Email!));
        var off = Assert.Single(await WhoAsync(bench, run, ListDifferenceKind.RemovedByHand));
        Assert.Equal(("c0000001", "c1@shop.example"), (off.ProfileKey!, off.Email!));
        var unexpected = Assert.Single(await WhoAsync(bench, run, ListDifferenceKind.Unexpected));
        Assert.Equal(("stranger@shop.example", null), (unexpected.Email, unexpected.ProfileKey));
        Assert.NotNull(unexpected.KlaviyoId);
        await using var db = await bench.Product.OpenAsync();
        Assert.DoesNotContain(
            await db.Set<ListDifference>().Select(row => row.Email).ToListAsync(Cancel),
            email => Encoding.UTF8.GetString(email!).Contains("shop.example", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Refused_profiles_may_be_on_the_list_or_not()
    {
        await using var bench = await BenchAsync(Customer.Many(3));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.RowsFail) { Times = 1, Email = "c1@" });

        var check = await CheckAsync(bench, await bench.RunAsync());

        Assert.Equal((2, 2, 0, 0), (check.Expected, check.Members, check.Missing, check.Unexpected));
    }

    [Fact]
    public async Task Only_the_latest_ended_run_can_be_verified_and_not_during_another_run()
    {
        await using var bench = await BenchAsync(Customer.Many(1));
        var (first, second) = (await bench.RunAsync(), await bench.RunAsync());
        var checks = bench.Product.Get<ListCheckService>();

        Assert.Equal(
            new LocalizedMessage("Delivery.CheckOlder", second.Id),
            (
                await Assert.ThrowsAnyAsync<LocalizedException>(() => checks.RequestAsync(Product.Operator, first.Id, Cancel))
            ).LocalizedMessage
        );
        var third = await bench.QueueAsync();
        Assert.Equal(
            new LocalizedMessage("Delivery.CheckWhileRunning", third),
            (await checks.GetAsync(Product.Viewer, second.Id, Cancel)).Refusal
        );
        Assert.Equal(new LocalizedMessage("Delivery.CheckNothing"), (await checks.GetAsync(Product.Viewer, third, Cancel)).Refusal);
    }

    [Fact]
    public async Task A_check_requested_twice_runs_once_also_after_a_restart()
    {
        await using var bench = await BenchAsync(Customer.Many(2));
        var run = await bench.RunAsync();
        var checks = bench.Product.Get<ListCheckService>();
        var check = await checks.RequestAsync(Product.Operator, run.Id, Cancel);
        Assert.Equal(check, await checks.RequestAsync(Product.Operator, run.Id, Cancel));
        await using (var db = await bench.Product.OpenAsync())
        {
            // The state after a kill in the middle.
            await db.Set<ListCheck>().ExecuteUpdateAsync(set => set.SetProperty(stored => stored.State, ListCheckState.Checking), Cancel);
            db.Set<ListDifference>()
                .Add(
                    new ListDifference
                    {
                        CheckId = check,
                        Kind = ListDifferenceKind.Missing,
                        ProfileKey = "half",
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }
        await bench.Product.StopAsync();

        await bench.Product.StartAsync();

        var done = await EndAsync(bench, run.Id);
        Assert.Equal((ListCheckState.Done, 0, false), (done.State, done.Missing, done.AreStored));
        await using var after = await bench.Product.OpenAsync();
        Assert.True(await after.Set<AuditEntry>().AnyAsync(entry => entry.Action == "Exports.ListChecked", Cancel));
    }

    [Fact]
    public async Task It_can_be_canceled_while_Klaviyo_does_not_answer()
    {
        await using var bench = await BenchAsync(Customer.Many(2));
        var run = await bench.RunAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = "get_profiles_for_list", DelayMs = 60_000 });
        await bench.Product.StartAsync();
        var checks = bench.Product.Get<ListCheckService>();
        await checks.RequestAsync(Product.Operator, run.Id, Cancel);

        await checks.CancelAsync(Product.Operator, run.Id, Cancel);

        var end = await EndAsync(bench, run.Id);
        Assert.Equal((ListCheckState.Canceled, new LocalizedMessage("Delivery.CheckCanceled", "Oskar")), (end.State, end.Outcome));
        Assert.Equal(
            "Delivery.NoListCheck",
            (await Assert.ThrowsAnyAsync<LocalizedException>(() => checks.CancelAsync(Product.Operator, run.Id, Cancel)))
                .LocalizedMessage
                .Code
        );
    }

    [Fact]
    public async Task Errors_are_reported()
    {
        await using var bench = await BenchAsync(Customer.Many(2));
        var run = await bench.RunAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.ListDeleted) { List = PracticeStore.Newsletter });

        var check = await CheckAsync(bench, run);

        Assert.Equal((ListCheckState.Failed, "Delivery.CheckFailed"), (check.State, check.Outcome!.Code));
        Assert.Contains("The account has no list", check.Outcome.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_who_may_see_addresses_can_search_page_and_download_them_without_formulas()
    {
        await using var bench = await BenchAsync([.. Customer.Many(3), new("=1+1", "eve@shop.example", "Eve")]);
        var run = await bench.RunAsync();
        foreach (var email in new[] { "c0@shop.example", "c1@shop.example", "eve@shop.example" })
            await RemoveAsync(bench, email);
        Assert.Equal(3, (await CheckAsync(bench, run)).RemovedByHand);
        var checks = bench.Product.Get<ListCheckService>();

        Assert.Equal(
            "eve@shop.example",
            Assert
                .Single(
                    (
                        await checks.DifferencesAsync(
                            Product.Contributor,
                            run.Id,
                            new() { Kind = ListDifferenceKind.RemovedByHand, Search = "EVE@" },
                            Cancel
                        )
                    ).Rows
                )
                .Email
        );
        var page = await checks.DifferencesAsync(
            Product.Contributor,
            run.Id,
            new()
            {
                Kind = ListDifferenceKind.RemovedByHand,
                Page = 2,
                PageSize = 2,
            },
            Cancel
        );
        Assert.Equal((1, 3), (page.Rows.Count, page.Total));
        using var file = new MemoryStream();
        await checks.WriteCsvAsync(Product.Contributor, run.Id, file, Cancel);
        Assert.Contains("Taken off in Klaviyo,'=1+1,eve@shop.example,", Encoding.UTF8.GetString(file.ToArray()), StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotAllowedException>(() => checks.WriteCsvAsync(Product.Operator, run.Id, file, Cancel));
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(1, await db.Set<AuditEntry>().CountAsync(entry => entry.Action == "Exports.ListCheckDownloaded", Cancel));
    }

    [Fact]
    public async Task List_differences_are_deleted_when_they_expire_and_with_the_connection()
    {
        await using var bench = await BenchAsync(Customer.Many(3));
        var run = await bench.RunAsync();
        await RemoveAsync(bench, "c1@shop.example");
        await CheckAsync(bench, run);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<ListCheck>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(check => check.FinishedAt, DateTimeOffset.UtcNow - TimeSpan.FromDays(31)),
                    Cancel
                );
        await bench.Product.Get<Purge>().RunAsync(Cancel);
        var view = await bench.Product.Get<ListCheckService>().GetAsync(Product.Viewer, run.Id, Cancel);
        Assert.Equal((1, false), (view.Check!.RemovedByHand, view.Check.AreStored));

        await CheckAsync(bench, run);
        await bench.Product.Get<ExportService>().DetachAsync(Product.Administrator, bench.ExportId, Cancel);

        await using var after = await bench.Product.OpenAsync();
        Assert.False(await after.Set<ListDifference>().AnyAsync(Cancel));
    }

    /// <summary>Uses a list that is empty at the start.</summary>
    private static async Task<Workbench> BenchAsync(IEnumerable<Customer> customers, SyncMode mode = SyncMode.Full)
    {
        var bench = await Workbench.CreateAsync(customers, mode);
        foreach (var email in bench.Sandbox.State.Members(PracticeStore.Newsletter).Select(member => member.Email!).ToList())
            await RemoveAsync(bench, email);
        return bench;
    }

    private static async Task RemoveAsync(Workbench bench, string email)
    {
        var (klaviyo, key) = (bench.Product.Get<KlaviyoClient>(), KlaviyoCredential.FromPrivateKey(PracticeStore.FullKey));
        var found = await klaviyo.FindListMembersAsync(key, PracticeStore.Newsletter, [email], Cancel);
        Assert.True(
            (
                await klaviyo.RemoveFromListAsync(
                    key,
                    PracticeStore.Newsletter,
                    [.. found.Value!.Select(member => member.ProfileId)],
                    Cancel
                )
            ).Succeeded
        );
    }

    private static async Task JoinAsync(Workbench bench, string email)
    {
        var (klaviyo, key) = (bench.Product.Get<KlaviyoClient>(), KlaviyoCredential.FromPrivateKey(PracticeStore.FullKey));
        var profile = JsonSerializer.SerializeToUtf8Bytes(new { type = "profile", attributes = new { email } });
        (await klaviyo.ImportAsync(key, ImportBody.Assemble(PracticeStore.Newsletter, [profile]), Cancel)).ValueOrThrow();
        bench.Sandbox.State.FinishJobs();
    }

    private static async Task<ListCheckFacts> CheckAsync(Workbench bench, Run run)
    {
        var id = await bench.Product.Get<ListCheckService>().RequestAsync(Product.Operator, run.Id, Cancel);
        await bench.Product.Get<ListCheckExecution>().RunAsync(id, CancellationToken.None, Cancel);
        return (await bench.Product.Get<ListCheckService>().GetAsync(Product.Viewer, run.Id, Cancel)).Check!;
    }

    private static async Task<ListCheckFacts> EndAsync(Workbench bench, int runId)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if ((await bench.Product.Get<ListCheckService>().GetAsync(Product.Viewer, runId, Cancel)).Check is { IsOpen: false } check)
                return check;
            await look.WaitForNextTickAsync(Cancel);
        }
    }

    private static async Task<IReadOnlyList<ListDifferenceRow>> WhoAsync(Workbench bench, Run run, ListDifferenceKind kind) =>
        (
            await bench
                .Product.Get<ListCheckService>()
                .DifferencesAsync(Product.Administrator, run.Id, new ListDifferenceQuery { Kind = kind }, Cancel)
        ).Rows;
}
