using KlaviyoExport.Connections;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Connections;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Exports;

public class ConnectionRemovalTests
{
    private static readonly Dictionary<int, RemovalChoice> None = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_connection_leaves_neither_key_nor_shares_nor_sign_ins()
    {
        await using var product = await Product.CreateAsync(hasApp: true);
        var connection = await product.AddConnectionAsync(sharing: Sharing.Administrators);
        var service = product.Get<ConnectionRemoval>();
        await product
            .Get<ConnectionService>()
            .SaveAsync(
                Product.Administrator,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = "Shop",
                    Sharing = Sharing.ChosenContributors,
                    ChosenContributors = ["carla"],
                },
                Cancel
            );
        await product
            .Get<KlaviyoSignIns>()
            .BeginForConnectionAsync(
                Product.Administrator,
                connection.Id,
                new Uri("http://localhost/connections/klaviyo/callback"),
                Cancel
            );

        Assert.Null(await service.RemoveAsync(Product.Administrator, connection.Id, None, Cancel));

        await using var db = await product.OpenAsync();
        Assert.Empty(await db.Set<Connection>().ToListAsync(Cancel));
        Assert.Empty(await db.Set<ConnectionShare>().ToListAsync(Cancel));
        Assert.Empty(await db.Set<KlaviyoSignIn>().ToListAsync(Cancel));
        Assert.Contains(
            await db.Set<AuditEntry>().ToListAsync(Cancel),
            entry => entry is { Action: "Connections.Removed", Subject: "Shop" }
        );
        Assert.Equal(
            "Connections.Gone",
            (
                await DraftDesk.RefusalAsync(() => product.Get<ConnectionService>().GetAsync(Product.Administrator, connection.Id, Cancel))
            ).Code
        );
    }

    [Fact]
    public async Task Exports_without_a_choice_are_named_and_nothing_is_removed()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        await product.AddExportAsync("Winter", connection, customers);
        var decided = await product.AddExportAsync("Spring", connection, customers);
        await product.AddExportAsync("Autumn", connection, customers);

        var refusal = await DraftDesk.RefusalAsync(() => RemoveAsync(product, connection, new() { [decided] = RemovalChoice.Remove }));

        Assert.Equal(new LocalizedMessage("Connections.InUse", "Autumn, Winter"), refusal);
        Assert.Equal(
            ["Autumn", "Spring", "Winter"],
            (await product.Get<ConnectionRemoval>().ExportsOfAsync(Product.Administrator, connection.Id, Cancel)).Select(export =>
                export.Name
            )
        );
    }

    [Fact]
    public async Task A_running_export_prevents_the_removal_of_its_connection_and_is_named()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var export = await product.AddExportAsync("Winter", connection, await product.AddCustomersAsync("Customers", []));
        var run = await product.QueueAsync(export);

        Assert.Equal(
            [new ExportInUse(export, "Winter", run)],
            await product.Get<ConnectionRemoval>().ExportsOfAsync(Product.Administrator, connection.Id, Cancel)
        );
        Assert.Equal(
            new LocalizedMessage("Exports.IsRunning", "Winter"),
            await DraftDesk.RefusalAsync(() => RemoveAsync(product, connection, new() { [export] = RemovalChoice.Detach }))
        );
        Assert.Equal(
            new LocalizedMessage("Exports.IsRunning", "Winter"),
            await DraftDesk.RefusalAsync(() => product.Get<ExportService>().DetachAsync(Product.Administrator, export, Cancel))
        );
    }

    [Fact]
    public async Task Each_export_is_removed_or_detached_as_chosen_and_no_addresses_are_left()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync(
            "Customers",
            [
                .. Customer.Many(3),
                new("4", "ana at shop", "Ana"),
                new("ana@shop.example", "c1@SHOP.example", "Twin"),
                new("eva@shop.example", "eva at shop", "Eva"),
            ]
        );
        var detached = await product.AddExportAsync("Stays", connection, customers, mode: SyncMode.Mirror);
        var removed = await product.AddExportAsync("Goes", connection, customers);
        var run = await product.RunAsync(detached);
        await product.RunAsync(removed);

        await RemoveAsync(product, connection, new() { [detached] = RemovalChoice.Detach, [removed] = RemovalChoice.Remove });

        await using var db = await product.OpenAsync();
        var left = await db.Set<Export>().AsNoTracking().SingleAsync(Cancel);
        Assert.Equal((detached, null), (left.Id, left.ConnectionId));
        Assert.Equal(run.Id, (await db.Set<Run>().SingleAsync(Cancel)).Id);
        Assert.Empty(await db.Set<Membership>().ToListAsync(Cancel));
        Assert.Empty(await db.Set<BatchPayload>().ToListAsync(Cancel));
        var rejections = await db.Set<Rejection>().AsNoTracking().OrderBy(rejection => rejection.Ordinal).ToListAsync(Cancel);
        Assert.Equal(["4", "c0000001", "-"], rejections.Select(rejection => rejection.ProfileKey));
        Assert.All(rejections, rejection => Assert.Equal((null, null), (rejection.Email, rejection.Detail)));
        Assert.Equal(
            ["Exports.Removed Goes", "Exports.Detached Stays", "Connections.Removed Practice"],
            (
                await db.Set<AuditEntry>()
                    .Where(entry => entry.Action != "Exports.RunStarted")
                    .OrderBy(entry => entry.Id)
                    .ToListAsync(Cancel)
            ).Select(entry => $"{entry.Action} {entry.Subject}")
        );
    }

    [Fact]
    public async Task Data_of_a_moved_export_is_deleted_with_the_last_connection_to_the_account()
    {
        await using var product = await Product.CreateAsync();
        var (first, twin) = (
            await product.AddConnectionAsync("First"),
            await product.AddConnectionAsync("Twin", key: PracticeStore.NoListsWriteKey)
        );
        var export = await product.AddExportAsync(
            "Newsletter",
            first,
            await product.AddCustomersAsync("Customers", [new("1", "ana at shop", "Ana")])
        );
        await product.RunAsync(export);
        var second = await product.AddConnectionAsync("Second", accountId: SecondStore.Id, key: SecondStore.FullKey);
        await using (var db = await product.OpenAsync())
            await db.Set<Export>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ConnectionId, second.Id), Cancel);

        await RemoveAsync(product, first, None);
        Assert.NotNull(await AddressAsync(product));

        await RemoveAsync(product, twin, None);
        Assert.Null(await AddressAsync(product));
    }

    [Fact]
    public async Task Tokens_are_revoked_at_Klaviyo()
    {
        await using var desk = await DraftDesk.CreateAsync(hasApp: true);
        var id = await desk.SaveAsync(await desk.FillInAsync());

        Assert.Null(await desk.Product.Get<ConnectionRemoval>().RemoveAsync(Product.Administrator, id, None, Cancel));

        Assert.Equal(200, Assert.Single(desk.Product.Sandbox.State.Requests, request => request.Path == "/oauth/revoke").Status);
    }

    [Fact]
    public async Task A_connection_is_removed_even_if_Klaviyo_cannot_be_reached_and_the_remaining_steps_are_named()
    {
        await using var desk = await DraftDesk.CreateAsync(hasApp: true);
        var id = await desk.SaveAsync(await desk.FillInAsync());
        desk.Product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Path = "/oauth/revoke" });

        var left = await desk.Product.Get<ConnectionRemoval>().RemoveAsync(Product.Administrator, id, None, Cancel);

        Assert.Equal(new LocalizedMessage("Connections.NotRevoked", "Shop", "Practice Store"), left);
        await using var db = await desk.Product.OpenAsync();
        Assert.Empty(await db.Set<Connection>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_detached_export_cannot_run_until_it_is_given_a_connection()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var export = await product.AddExportAsync("Newsletter", connection, await product.AddCustomersAsync("Customers", Customer.Many(2)));
        var exports = product.Get<ExportService>();

        await exports.DetachAsync(Product.Contributor, export, Cancel);

        Assert.Null(
            Assert
                .Single((await product.Get<ExportQueries>().PageAsync(Product.Administrator, new ExportQuery(), Cancel)).Rows)
                .ConnectionName
        );
        Assert.Equal("Delivery.NoConnection", (await DraftDesk.RefusalAsync(() => product.QueueAsync(export))).Code);
        var draft = (await exports.GetAsync(Product.Administrator, export, Cancel)).Draft;
        await exports.SaveAsync(Product.Administrator, draft with { ConnectionId = connection.Id }, Cancel);
        Assert.Equal(RunState.Successful, (await product.RunAsync(export)).State);
        await using var db = await product.OpenAsync();
        Assert.Contains(await db.Set<AuditEntry>().ToListAsync(Cancel), entry => entry is { Action: "Exports.Detached", ActorId: "carla" });
    }

    [Fact]
    public async Task A_contributor_who_lost_access_still_sees_the_export_but_cannot_change_it()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var export = await product.AddExportAsync("Newsletter", connection, await product.AddCustomersAsync("Customers", Customer.Many(2)));
        var exports = product.Get<ExportService>();
        Assert.True((await exports.GetAsync(Product.Contributor, export, Cancel)).Permissions.MayEdit);

        await product
            .Get<ConnectionService>()
            .SaveAsync(
                Product.Administrator,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = "Practice",
                    Sharing = Sharing.Administrators,
                },
                Cancel
            );

        var seen = await exports.GetAsync(Product.Contributor, export, Cancel);
        Assert.Equal(new ExportPermissions(false, false, false), seen.Permissions);
        Assert.Equal(
            "Newsletter",
            Assert.Single((await product.Get<ExportQueries>().PageAsync(Product.Contributor, new ExportQuery(), Cancel)).Rows).Name
        );
        await Assert.ThrowsAsync<NotAllowedException>(() => exports.SaveAsync(Product.Contributor, seen.Draft, Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() => exports.DetachAsync(Product.Contributor, export, Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() => product.Get<RunService>().StartAsync(Product.Contributor, export, Cancel));
    }

    private static Task<LocalizedMessage?> RemoveAsync(Product product, Connection connection, Dictionary<int, RemovalChoice> choices) =>
        product.Get<ConnectionRemoval>().RemoveAsync(Product.Administrator, connection.Id, choices, Cancel);

    private static async Task<byte[]?> AddressAsync(Product product)
    {
        await using var db = await product.OpenAsync();
        return (await db.Set<Rejection>().AsNoTracking().SingleAsync(Cancel)).Email;
    }
}
