using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Exports;

/// <summary>A connection may limit the profiles of its exports, below or above the limit of the installation.</summary>
public sealed class ConnectionLimitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_over_the_limit_of_its_connection_sends_nothing_and_names_the_connection()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(6));
        await LimitAsync(bench.Product, 5);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.OverCap), (run.State, run.OutcomeKind));
        Assert.Equal(new LocalizedMessage("Delivery.OverConnectionCap", 6L, 5L, 1L, "Practice"), run.Outcome);
        Assert.Empty(bench.OnList());
    }

    [Fact]
    public async Task A_connection_may_allow_more_than_the_installation()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(6), settings: new() { ["Klaviyo:MaxProfilesPerExport"] = "5" });
        await LimitAsync(bench.Product, 6);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 6), (run.State, run.Ledger.Accepted));
    }

    [Fact]
    public async Task An_export_moved_to_a_connection_with_a_lower_limit_cannot_be_saved()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(6));
        var small = await bench.Product.AddConnectionAsync("Small");
        await LimitAsync(bench.Product, 5, small.Id);
        var exports = bench.Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, bench.ExportId, Cancel)).Draft;

        var refused = await Assert.ThrowsAsync<ExportInvalidException>(() =>
            exports.SaveAsync(Product.Administrator, draft with { ConnectionId = small.Id }, Cancel)
        );

        Assert.Equal((ExportPart.Segments, "Exports.OverConnectionCap"), (refused.Part, refused.LocalizedMessage.Code));
    }

    [Fact]
    public async Task The_home_page_warns_of_an_export_over_the_limit_of_its_connection()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(6));
        await LimitAsync(bench.Product, 5);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Segment>().ExecuteUpdateAsync(set => set.SetProperty(segment => segment.MemberCount, 6), Cancel);

        var attention = await bench.Product.Get<HomeQueries>().NeedsAttentionAsync(Product.Administrator, 10, Cancel);

        var warning = Assert.Single(attention, item => item.Kind == AttentionKind.OverCap);
        Assert.Equal(new LocalizedMessage("Exports.OverConnectionCap", 6L, 5, "Practice"), warning.What);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public async Task A_limit_that_is_not_from_one_to_a_million_is_refused(int limit)
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() => SaveAsync(product, connection, limit));

        Assert.Equal("Connections.MaxProfilesWrong", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task A_changed_limit_is_kept_and_stands_in_the_audit()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();

        await SaveAsync(product, connection, 1_000_000);

        var details = await product.Get<ConnectionService>().GetAsync(Product.Administrator, connection.Id, Cancel);
        Assert.Equal(1_000_000, details.MaxProfilesPerExport);
        await using var db = await product.OpenAsync();
        var entry = await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "Connections.LimitChanged", Cancel);
        Assert.Equal("Limit of profiles: The limit of the installation → At most 1,000,000 profiles per export", entry.Detail!.ToString());
    }

    private static Task SaveAsync(Product product, Connection connection, int? limit) =>
        product
            .Get<ConnectionService>()
            .SaveAsync(
                Product.Administrator,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = connection.Name,
                    Sharing = connection.Sharing,
                    MaxProfilesPerExport = limit,
                },
                Cancel
            );

    private static async Task LimitAsync(Product product, int limit, int? connectionId = null)
    {
        await using var db = await product.OpenAsync();
        await db.Set<Connection>()
            .Where(connection => connectionId == null || connection.Id == connectionId)
            .ExecuteUpdateAsync(set => set.SetProperty(connection => connection.MaxProfilesPerExport, limit), Cancel);
    }
}
