using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>Cancels a run that is blocked in one of its stages.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class CancelTests
{
    private const int TenMinutes = 600_000;

    /// <summary>What blocks the run, its state, and whether its prepared profiles are then unconfirmed or unsent.</summary>
    public static TheoryData<string, RunState, long, long> Holds =>
        new()
        {
            { "a source that never answers", RunState.Preparing, 0, 0 },
            { "a batch that is not answered", RunState.Sending, 3, 0 },
            { "a pause that Klaviyo asked for", RunState.Sending, 0, 3 },
            { "a job that stands still", RunState.Confirming, 3, 0 },
            { "a look-up that is not answered", RunState.Removing, 0, 0 },
            { "a removal that is not answered", RunState.Removing, 0, 0 },
        };

    [Theory]
    [MemberData(nameof(Holds))]
    public async Task Cancel_ends_a_hanging_run_in_any_stage_with_a_correct_ledger(
        string hold,
        RunState state,
        long unconfirmed,
        long unsent
    )
    {
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(12),
            SyncMode.Mirror,
            new() { ["Klaviyo:Retry:TryTimeout"] = "00:10:00", ["Klaviyo:Retry:Deadline"] = "01:00:00" }
        );
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(
            Customer.Many(9).Concat(Enumerable.Range(0, 3).Select(number => new Customer($"n{number}", $"new{number}@shop.example", "N")))
        );
        await HoldAsync(bench, hold);
        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(async () => (await bench.FindAsync(id)).State == state && IsHeld(bench, hold));

        await bench.CancelAsync(id);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        var accepted = state == RunState.Removing ? 3 : 0;
        await bench.EndedAsync(
            await bench.FindAsync(id),
            RunState.Canceled,
            "Delivery.Canceled",
            accepted,
            unconfirmed: unconfirmed,
            unsent: unsent
        );
        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<Membership>().Where(row => row.LeavingRunId != null).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_canceled_removal_is_completed_by_the_next_run()
    {
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(12),
            SyncMode.Mirror,
            new() { ["Klaviyo:Retry:TryTimeout"] = "00:10:00", ["Klaviyo:Retry:Deadline"] = "01:00:00" }
        );
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(9));
        await HoldAsync(bench, "a removal that is not answered");
        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(async () =>
            (await bench.FindAsync(id)).State == RunState.Removing && IsHeld(bench, "a removal that is not answered")
        );
        await bench.CancelAsync(id);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        bench.Sandbox.Faults.Clear();

        var next = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 3L, 3L), (next.State, next.Ledger.Leaving, next.Ledger.Removed));
        Assert.Equal(9, bench.OnList().Count);
    }

    private static Task HoldAsync(Workbench bench, string hold)
    {
        var fault = hold switch
        {
            "a batch that is not answered" => new Fault(FaultKind.Delay) { Call = "bulk_import_profiles", DelayMs = TenMinutes },
            "a pause that Klaviyo asked for" => new Fault(FaultKind.Status)
            {
                Call = "bulk_import_profiles",
                Status = 429,
                RetryAfter = 100,
            },
            "a job that stands still" => new Fault(FaultKind.JobStuck),
            "a look-up that is not answered" => new Fault(FaultKind.Delay) { Call = "get_profiles_for_list", DelayMs = TenMinutes },
            "a removal that is not answered" => new Fault(FaultKind.Delay) { Call = "remove_profiles_from_list", DelayMs = TenMinutes },
            _ => null,
        };
        if (fault is null)
            return NeverAnsweringAsync(bench);
        bench.Sandbox.Faults.Add(fault);
        return Task.CompletedTask;
    }

    /// <summary>Whether the run is blocked already.</summary>
    private static bool IsHeld(Workbench bench, string hold) =>
        hold switch
        {
            "a pause that Klaviyo asked for" => bench.Sandbox.State.Requests.Any(request => request.Status == 429),
            "a job that stands still" => bench.Sandbox.State.Jobs().Count == 2,
            _ => true,
        };

    /// <summary>A view of customers whose query never ends.</summary>
    internal static async Task NeverAnsweringAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        var file = (await db.Set<Source>().SingleAsync(TestContext.Current.CancellationToken)).Location;
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            DROP TABLE customers;
            CREATE VIEW customers AS
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT (i + 1) % 1000 FROM n) SELECT 'c' || i AS id, 'c@shop.example' AS email, '' AS name FROM n WHERE i < 0;
            """;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
