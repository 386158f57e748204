using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

public sealed class ConnectionServiceTests
{
    private const string OtherKey = PracticeStore.NoListsWriteKey;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_of_100_characters_is_the_longest()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();

        Assert.Null(await RefusalAsync(product, new ConnectionChanges { Id = connection.Id, Name = new string('x', 100) }));
        Assert.Equal(
            "Connections.NameNeeded",
            await RefusalAsync(
                product,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = new string('x', 101),
                    Version = 1,
                }
            )
        );
    }

    [Theory]
    [InlineData(" Продавница ")]
    [InlineData("ПРОДАВНИЦА")]
    [InlineData("Продав\u200bница")]
    public async Task A_name_belongs_to_one_connection_however_it_is_written(string name)
    {
        await using var product = await Product.CreateAsync();
        await product.AddConnectionAsync("Продавница");
        var other = await product.AddConnectionAsync("Other");

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            SaveAsync(product, new ConnectionChanges { Id = other.Id, Name = name })
        );

        Assert.Equal(new LocalizedMessage("Connections.NameTaken", "Продавница"), refused.LocalizedMessage);
    }

    [Fact]
    public async Task The_case_of_a_connections_own_name_can_be_changed()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync("shop");

        Assert.Null(await RefusalAsync(product, new ConnectionChanges { Id = connection.Id, Name = "SHOP" }));
    }

    [Theory]
    [InlineData(PracticeStore.ReadOnlyKey, "Connections.ScopesMissing")]
    [InlineData("pk_nobody_knows_this_key_000000000000", "Klaviyo.KeyRefused")]
    [InlineData("pk_ ključ", "Connections.KeyMalformed")]
    public async Task A_new_key_that_is_refused_leaves_the_old_one(string key, string message)
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();

        Assert.Equal(
            message,
            await RefusalAsync(
                product,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = "Renamed",
                    ApiKey = key,
                }
            )
        );

        await using var db = await product.OpenAsync();
        var kept = await db.Set<Connection>().SingleAsync(Cancel);
        Assert.Equal(("Practice", PracticeStore.FullKey), (kept.Name, product.Get<SecretProtector>().UnprotectCredential(kept.ApiKey!)));
    }

    [Fact]
    public async Task A_new_key_that_another_connection_uses_is_refused_and_that_one_is_named()
    {
        await using var product = await Product.CreateAsync();
        await product.AddConnectionAsync("Shop");
        var second = await product.AddConnectionAsync("Outlet", key: OtherKey);

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            SaveAsync(
                product,
                new ConnectionChanges
                {
                    Id = second.Id,
                    Name = "Outlet",
                    ApiKey = PracticeStore.FullKey,
                }
            )
        );

        Assert.Equal(new LocalizedMessage("Connections.KeyInUse", "Shop"), refused.LocalizedMessage);
    }

    [Theory]
    [InlineData("", "Connections.ContributorsNeeded")]
    [InlineData("carla nobody", "Connections.NotContributor")]
    [InlineData("oskar", "Connections.NotContributor")]
    [InlineData("admin", "Connections.NotContributor")]
    public async Task Only_contributors_can_be_chosen_and_at_least_one(string chosen, string message)
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync(sharing: Sharing.Administrators);

        Assert.Equal(
            message,
            await RefusalAsync(
                product,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = "Shop",
                    Sharing = Sharing.ChosenContributors,
                    ChosenContributors = chosen.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                }
            )
        );
        Assert.Empty(await SharesAsync(product, connection.Id));
    }

    [Fact]
    public async Task The_list_shows_access_by_name_export_user_and_number_of_exports()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync("Shop", Sharing.Administrators);
        await product.AddPersonAsync("berta", Role.Contributor);
        await SaveAsync(
            product,
            new ConnectionChanges
            {
                Id = connection.Id,
                Name = "Shop",
                Sharing = Sharing.ChosenContributors,
                ChosenContributors = ["carla", "berta"],
                ApiKey = PracticeStore.FullKey,
            }
        );
        await product.AddExportAsync("Newsletter", connection, await product.AddCustomersAsync("Customers", []));

        var row = Assert.Single(await product.Get<ConnectionQueries>().ListAsync(Product.Administrator, Cancel));

        Assert.Equal(
            ("Shop", "Practice Store", PracticeStore.Id, "ll01", 1),
            (row.Name, row.AccountName, row.AccountId, row.ApiKeyEnding, row.Exports)
        );
        Assert.Equal(["Berta", "Carla"], row.SharedWith);
        Assert.Equal(new ExportUserView("Ana", DateTimeOffset.UnixEpoch, MayExport: true), row.ExportUser);
    }

    [Fact]
    public async Task A_person_who_is_no_longer_a_contributor_has_no_access()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync(sharing: Sharing.Administrators);
        await product.AddPersonAsync("berta", Role.Contributor);
        await SaveAsync(
            product,
            new ConnectionChanges
            {
                Id = connection.Id,
                Name = "Shop",
                Sharing = Sharing.ChosenContributors,
                ChosenContributors = ["carla", "berta"],
            }
        );

        await product.ChangeRoleAsync(Product.Contributor, Role.Viewer);

        var service = product.Get<ConnectionService>();
        Assert.Equal(["Berta"], Assert.Single(await product.Get<ConnectionQueries>().ListAsync(Product.Administrator, Cancel)).SharedWith);
        Assert.Equal(["berta"], (await service.GetAsync(Product.Administrator, connection.Id, Cancel)).ChosenContributors);
        Assert.Empty(await service.ListUsableAsync(Product.Contributor with { Role = Role.Viewer }, Cancel));
    }

    [Fact]
    public async Task Another_administrator_takes_over_with_a_fresh_sign_in()
    {
        await using var product = await Product.CreateAsync();
        var zora = await product.AddPersonAsync("zora", Role.Administrator);
        var connection = await product.AddConnectionAsync();
        await product.ChangeRoleAsync(Product.Administrator, Role.Viewer);
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.LastError, new LocalizedMessage("Delivery.ExportUserGone", "Ana", "Practice"))
                            .SetProperty(row => row.LacksExportUser, true),
                    Cancel
                );
        var service = product.Get<ConnectionService>();
        Assert.False(Assert.Single(await product.Get<ConnectionQueries>().ListAsync(zora, Cancel)).ExportUser!.MayExport);
        var now = product.Get<TimeProvider>().GetUtcNow();

        await service.TakeOverAsync(zora, connection.Id, new FreshSignIn("zora", now), Cancel);

        var row = Assert.Single(await product.Get<ConnectionQueries>().ListAsync(zora, Cancel));
        Assert.Equal((new ExportUserView("Zora", now, MayExport: true), null), (row.ExportUser, row.LastError));
        await using var after = await product.OpenAsync();
        Assert.Contains(
            await after.Set<AuditEntry>().ToListAsync(Cancel),
            entry => entry is { Action: "Connections.TakenOver", ActorId: "zora" } && entry.SubjectId == connection.Id
        );
    }

    [Theory]
    [InlineData("zora", 6)]
    [InlineData("zora", -1)]
    [InlineData("admin", 0)]
    public async Task An_old_sign_in_or_one_of_another_person_cannot_take_over(string userId, int minutesAgo)
    {
        await using var product = await Product.CreateAsync();
        var zora = await product.AddPersonAsync("zora", Role.Administrator);
        var connection = await product.AddConnectionAsync();
        var proof = new FreshSignIn(userId, product.Get<TimeProvider>().GetUtcNow().AddMinutes(-minutesAgo));

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            product.Get<ConnectionService>().TakeOverAsync(zora, connection.Id, proof, Cancel)
        );

        Assert.Equal("Connections.SignInStale", refused.LocalizedMessage.Code);
        Assert.Equal("Ana", (await product.Get<ConnectionService>().GetAsync(zora, connection.Id, Cancel)).ExportUser!.Name);
    }

    [Fact]
    public async Task Of_two_simultaneous_saves_of_the_same_name_one_is_refused()
    {
        await using var product = await Product.CreateAsync();
        var first = await product.AddConnectionAsync("First");
        var second = await product.AddConnectionAsync("Second");

        var refusals = await Task.WhenAll(
            new[] { first.Id, second.Id }.Select(id => RefusalAsync(product, new ConnectionChanges { Id = id, Name = "Both" }))
        );

        Assert.Single(refusals, refusal => refusal is null);
        Assert.Single(refusals, refusal => refusal is "Connections.NameTaken" or "Data.Conflict");
    }

    [Fact]
    public async Task A_new_key_of_the_same_account_replaces_the_old_one_and_clears_the_last_error()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync(key: "pk_revoked_long_ago_0000000000000000");
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastError, new LocalizedMessage("Klaviyo.KeyRefused")), Cancel);

        await SaveAsync(
            product,
            new ConnectionChanges
            {
                Id = connection.Id,
                Name = connection.Name,
                ApiKey = PracticeStore.FullKey,
            }
        );

        await using var after = await product.OpenAsync();
        var saved = await after.Set<Connection>().SingleAsync(Cancel);
        Assert.Equal(PracticeStore.FullKey, product.Get<SecretProtector>().UnprotectCredential(saved.ApiKey!));
        Assert.Null(saved.LastError);
    }

    [Fact]
    public async Task A_key_of_another_account_is_refused_and_both_accounts_are_named()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync("Practice Store");

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            SaveAsync(
                product,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = "Renamed",
                    ApiKey = SecondStore.FullKey,
                }
            )
        );

        Assert.Equal(new LocalizedMessage("Connections.OtherAccount", "Second Store", "Practice Store"), refused.LocalizedMessage);
        await using var db = await product.OpenAsync();
        var kept = await db.Set<Connection>().SingleAsync(Cancel);
        Assert.Equal(
            ("Practice Store", PracticeStore.FullKey),
            (kept.Name, product.Get<SecretProtector>().UnprotectCredential(kept.ApiKey!))
        );
    }

    [Fact]
    public async Task An_edit_without_a_key_keeps_the_stored_one_and_does_not_call_Klaviyo()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();

        await SaveAsync(product, new ConnectionChanges { Id = connection.Id, Name = "Renamed" });

        await using var db = await product.OpenAsync();
        Assert.Equal(
            PracticeStore.FullKey,
            product.Get<SecretProtector>().UnprotectCredential((await db.Set<Connection>().SingleAsync(Cancel)).ApiKey!)
        );
        Assert.Empty(product.Sandbox.State.Requests);
    }

    [Fact]
    public async Task The_second_of_two_administrators_who_change_the_name_is_refused()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var edit = new ConnectionChanges
        {
            Id = connection.Id,
            Name = "Mine",
            Version = connection.Version,
        };
        await SaveAsync(product, edit);

        Assert.Equal("Data.ChangedMeanwhile", await RefusalAsync(product, edit with { Name = "Theirs" }));
    }

    [Fact]
    public async Task The_second_of_two_administrators_who_change_only_the_sharing_is_refused()
    {
        await using var product = await Product.CreateAsync();
        await product.AddPersonAsync("dario", Role.Contributor);
        var connection = await product.AddConnectionAsync(sharing: Sharing.ChosenContributors);
        var edit = new ConnectionChanges
        {
            Id = connection.Id,
            Name = connection.Name,
            Sharing = Sharing.ChosenContributors,
            ChosenContributors = ["carla"],
            Version = connection.Version,
        };
        await SaveAsync(product, edit);

        Assert.Equal("Data.ChangedMeanwhile", await RefusalAsync(product, edit with { ChosenContributors = ["dario"] }));
        Assert.Equal(["carla"], await SharesAsync(product, connection.Id));
    }

    [Fact]
    public async Task Contributors_are_added_kept_and_removed_and_repeated_choices_count_once()
    {
        await using var product = await Product.CreateAsync();
        await product.AddPersonAsync("dario", Role.Contributor);
        await product.AddPersonAsync("eva", Role.Contributor);
        var connection = await product.AddConnectionAsync(sharing: Sharing.ChosenContributors);
        var edit = new ConnectionChanges
        {
            Id = connection.Id,
            Name = connection.Name,
            Sharing = Sharing.ChosenContributors,
            ChosenContributors = ["carla", "dario", "carla"],
        };

        await SaveAsync(product, edit);
        Assert.Equal(["carla", "dario"], await SharesAsync(product, connection.Id));
        await SaveAsync(product, edit with { ChosenContributors = ["eva", "dario"], Version = 1 });
        Assert.Equal(["dario", "eva"], await SharesAsync(product, connection.Id));
        await SaveAsync(product, edit with { Sharing = Sharing.AllContributors, Version = 2 });
        Assert.Empty(await SharesAsync(product, connection.Id));
    }

    [Fact]
    public async Task Editing_a_removed_connection_says_so() =>
        await UsingAsync(async product =>
            Assert.Equal("Connections.Gone", await RefusalAsync(product, new ConnectionChanges { Id = 77, Name = "Ghost" }))
        );

    private static async Task UsingAsync(Func<Product, Task> test)
    {
        await using var product = await Product.CreateAsync();
        await test(product);
    }

    private static Task SaveAsync(Product product, ConnectionChanges changes) =>
        product.Get<ConnectionService>().SaveAsync(Product.Administrator, changes, Cancel);

    private static async Task<string?> RefusalAsync(Product product, ConnectionChanges changes)
    {
        try
        {
            await SaveAsync(product, changes);
            return null;
        }
        catch (LocalizedException refused)
        {
            return refused.LocalizedMessage.Code;
        }
    }

    private static async Task<List<string>> SharesAsync(Product product, int id)
    {
        await using var db = await product.OpenAsync();
        return await db.Set<ConnectionShare>()
            .Where(share => share.ConnectionId == id)
            .Select(share => share.UserId)
            .Order()
            .ToListAsync(Cancel);
    }
}
