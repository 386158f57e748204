using KlaviyoExport.Connections;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A run needs an export user who is an administrator.</summary>
public sealed class ExportUserTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Contributor)]
    [InlineData(null)]
    public async Task A_run_whose_export_user_is_no_longer_an_administrator_fails_before_anything_is_sent(Role? role)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await bench.Product.ChangeRoleAsync(Product.Administrator, role);

        var run = await bench.RunAsync();

        Assert.Equal(
            (RunState.FailedPermanent, new LocalizedMessage("Delivery.ExportUserGone", "Ana", "Practice")),
            (run.State, run.Outcome)
        );
        Assert.Empty(bench.Sandbox.State.Requests);
        Assert.Equal("Delivery.ExportUserGone", (await HealthAsync(bench)).LastError!.Code);
    }

    [Fact]
    public async Task A_connection_without_an_export_user_exports_nothing()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(set => set.SetProperty(connection => connection.ExportUserId, (string?)null), Cancel);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, new LocalizedMessage("Delivery.ExportUserMissing", "Practice")), (run.State, run.Outcome));
        Assert.Empty(bench.Sandbox.State.Requests);
    }

    [Fact]
    public async Task It_runs_again_after_another_administrator_took_over()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        var zora = await bench.Product.AddPersonAsync("zora", Role.Administrator);
        await bench.Product.ChangeRoleAsync(Product.Administrator, Role.Viewer);
        await bench.RunAsync();
        var connection = await HealthAsync(bench);

        await bench
            .Product.Get<ConnectionService>()
            .TakeOverAsync(zora, connection.Id, new FreshSignIn("zora", bench.Product.Get<TimeProvider>().GetUtcNow()), Cancel);

        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
    }

    [Fact]
    public async Task A_demotion_of_the_export_user_during_Prepare_stops_the_run_before_anything_is_sent()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        // A trigger of the store changes the role when the first batch is stored.
        await using (var db = await bench.Product.OpenAsync())
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TRIGGER demote AFTER INSERT ON Batches BEGIN UPDATE AspNetUsers SET Role = 'Viewer'; END",
                Cancel
            );

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, "Delivery.ExportUserGone"), (run.State, run.Outcome!.Code));
        Assert.Equal((3, 3), (run.Ledger.Prepared, run.Ledger.Unsent));
        Assert.Empty(bench.Sandbox.State.Requests);
    }

    [Fact]
    public async Task Sent_profiles_are_confirmed_even_after_a_demotion()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "get_bulk_import_profiles_job" });
        var run = await bench.RunAsync();
        Assert.Equal((RunState.FailedRetrying, Stage.Confirm), (run.State, run.Stage));
        bench.Sandbox.Faults.Clear();

        await bench.Product.ChangeRoleAsync(Product.Administrator, Role.Viewer);

        Assert.Equal(RunState.Successful, (await bench.GoOnAsync(run.Id)).State);
    }

    [Fact]
    public async Task Errors_of_an_export_do_not_change_the_health_of_the_connection()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(11), settings: new() { ["Klaviyo:MaxProfilesPerExport"] = "10" });

        var over = await bench.RunAsync();

        Assert.Equal("Delivery.OverCap", over.Outcome!.Code);
        var row = await HealthAsync(bench);
        Assert.Equal((null, null), (row.LastError, row.LastSuccessAt));
    }

    [Fact]
    public async Task A_run_with_nothing_to_send_does_not_change_the_health_of_the_connection()
    {
        await using var bench = await Workbench.CreateAsync([]);

        Assert.Equal(RunState.CompletedWithWarnings, (await bench.RunAsync()).State);

        Assert.Null((await HealthAsync(bench)).LastSuccessAt);
    }

    [Fact]
    public async Task An_unreachable_Klaviyo_is_an_error_of_the_connection_until_the_next_success()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503 });
        var run = await bench.RunAsync();
        Assert.Equal("Klaviyo.OutageServerFault", (await HealthAsync(bench)).LastError!.Code);
        bench.Sandbox.Faults.Clear();

        await bench.GoOnAsync(run.Id);

        Assert.True(await HealthAsync(bench) is { LastError: null, LastSuccessAt: not null });
    }

    private static async Task<ConnectionRow> HealthAsync(Workbench bench) =>
        Assert.Single(await bench.Product.Get<ConnectionQueries>().ListAsync(Product.Administrator, Cancel));
}
