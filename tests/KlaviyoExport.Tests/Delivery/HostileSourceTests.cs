using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

public sealed class HostileSourceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_whose_profile_became_too_large_is_rejected_but_stays_on_the_list_of_a_mirror()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Mirror);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(2), new("c0000002", "c2@shop.example", new string('x', 110_000))]);

        var run = await bench.RunAsync();

        Assert.Equal((1, 0), (run.Ledger.Invalid, run.Ledger.Leaving));
        Assert.Contains("c2@shop.example", bench.OnList());
        Assert.Equal(RejectionReason.TooLarge, Assert.Single(await bench.RejectionsAsync(run.Id)).Reason);
    }

    [Fact]
    public async Task Large_profiles_fill_a_batch_by_its_bytes_before_its_rows()
    {
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(120).Select(customer => customer with { Name = new string('x', 90_000) })
        );

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 120), (run.State, run.Ledger.Accepted));
        Assert.Equal(3, bench.Sandbox.State.Jobs().Count);
        Assert.Equal(120, bench.OnList().Count);
    }

    [Fact, Trait(Needs.Trait, Needs.Time)]
    public async Task A_run_whose_source_is_locked_by_another_program_is_retried()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        string file;
        await using (var db = await bench.Product.OpenAsync())
            file = (await db.Set<Source>().SingleAsync(Cancel)).Location;
        await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        await other.OpenAsync(Cancel);
        await using var locking = other.CreateCommand();
        locking.CommandText = "BEGIN EXCLUSIVE";
        await locking.ExecuteNonQueryAsync(Cancel);

        var waiting = await bench.RunAsync();
        locking.CommandText = "ROLLBACK";
        await locking.ExecuteNonQueryAsync(Cancel);

        Assert.Equal(RunState.FailedRetrying, waiting.State);
        Assert.Equal(RunState.Successful, (await bench.GoOnAsync(waiting.Id)).State);
    }

    [Fact]
    public async Task A_missing_source_fails_the_run_permanently_and_is_named()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await using (var db = await bench.Product.OpenAsync())
            File.Delete((await db.Set<Source>().SingleAsync(Cancel)).Location);

        var run = await bench.RunAsync();

        Assert.Equal(RunState.FailedPermanent, run.State);
        Assert.Equal("Sources.NotFound", run.Outcome?.Code);
        Assert.True(run.Ledger.AddsUp);
    }
}
