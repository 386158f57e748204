using KlaviyoExport.Connections;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People;

public class PeopleServiceTests : IAsyncLifetime
{
    private Product _product = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Actor Ana => Product.Administrator;

    private ExportUserQueries Dependents => _product.Get<ExportUserQueries>();

    private PeopleService People => _product.Get<PeopleService>();

    public async ValueTask InitializeAsync()
    {
        _product = await Product.CreateAsync();
        await using (var db = await _product.OpenAsync())
            await db.Set<AppUser>().ExecuteDeleteAsync(Cancel);
        await AddAsync("ana", Role.Administrator, "hash");
    }

    public ValueTask DisposeAsync() => _product.DisposeAsync();

    [Fact]
    public async Task The_providers_of_a_person_have_the_names_of_their_buttons()
    {
        var id = await People.AddAsync(Ana, new NewPerson("Miles O'Brien", "o'brien@shop.example", Role.Operator), Cancel);
        await using (var db = await _product.OpenAsync())
        {
            db.Set<IdentityUserLogin<string>>()
                .AddRange(
                    new()
                    {
                        UserId = id,
                        LoginProvider = "https://login.company.example",
                        ProviderKey = "7",
                        ProviderDisplayName = "Microsoft Entra ID",
                    },
                    new()
                    {
                        UserId = id,
                        LoginProvider = "https://id.company.example",
                        ProviderKey = "7",
                        ProviderDisplayName = null,
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }

        var person = (await People.ListAsync(Ana, Cancel)).Single(row => row.Id == id);
        Assert.Equal(["Microsoft Entra ID", "https://id.company.example"], person.Providers.Order(StringComparer.Ordinal));
        Assert.True(person.CanSignIn);
    }

    [Fact]
    public async Task An_added_person_is_listed_and_cannot_sign_in_yet()
    {
        var id = await People.AddAsync(Ana, new NewPerson("  Miles O'Brien ", " o'brien@shop.example ", Role.Operator), Cancel);

        var person = await People.GetAsync(Ana, id, Cancel);
        Assert.Equal(
            ("Miles O'Brien", "o'brien@shop.example", Role.Operator, false),
            (person.Name, person.Email, person.Role, person.HasPassword)
        );
        Assert.Empty(person.Providers);
        Assert.False(person.CanSignIn);
        Assert.Equal(
            ["ana", "Miles O'Brien"],
            (await People.ListAsync(Ana, Cancel)).Select(row => row.Name).Order(StringComparer.OrdinalIgnoreCase)
        );
        await using var db = await _product.OpenAsync();
        var entry = await db.Set<AuditEntry>().SingleAsync(Cancel);
        Assert.Equal(
            ("People.Added", "Ana", "Miles O'Brien", "Operator"),
            (entry.Action, entry.ActorName, entry.Subject, entry.Detail?.ToString())
        );
    }

    [Theory]
    [InlineData("", "new@shop.example", "People.NameNeeded")]
    [InlineData("   ", "new@shop.example", "People.NameNeeded")]
    [InlineData("New", "new at shop", "People.EmailNeeded")]
    [InlineData("New", "new@shop.example\n", null)]
    [InlineData("New", "new person@shop.example", "People.EmailNeeded")]
    [InlineData("New", "ANA@shop.example", "People.EmailTaken")]
    public async Task A_new_person_needs_a_name_and_a_unique_address(string name, string email, string? message)
    {
        var refusal = await Record.ExceptionAsync(() => People.AddAsync(Ana, new NewPerson(name, email, Role.Viewer), Cancel));

        Assert.Equal(message, (refusal as LocalizedException)?.LocalizedMessage.Code);
    }

    [Fact]
    public async Task The_last_administrator_is_neither_demoted_nor_removed()
    {
        await RefusedAsync("People.LastAdministrator", () => People.ChangeRoleAsync(Ana, "ana", Role.Contributor, Cancel));
        await RefusedAsync("People.LastAdministrator", () => People.RemoveAsync(Ana, "ana", Cancel));

        Assert.Equal(Role.Administrator, (await People.GetAsync(Ana, "ana", Cancel)).Role);
    }

    [Fact]
    public async Task An_administrator_who_has_never_signed_in_does_not_count_as_another()
    {
        await AddAsync("boris", Role.Administrator, null);
        await RefusedAsync("People.LastAdministrator", () => People.ChangeRoleAsync(Ana, "ana", Role.Viewer, Cancel));
        await using (var db = await _product.OpenAsync())
        {
            db.Set<IdentityUserLogin<string>>()
                .Add(
                    new()
                    {
                        UserId = "boris",
                        LoginProvider = "https://login.example",
                        ProviderKey = "1",
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }

        await People.ChangeRoleAsync(Ana, "ana", Role.Viewer, Cancel);
        Assert.Equal(Role.Viewer, (await People.GetAsync(Ana, "ana", Cancel)).Role);
    }

    [Fact]
    public async Task Two_administrators_who_demote_each_other_at_once_leave_one()
    {
        await AddAsync("boris", Role.Administrator, "hash");
        var boris = new Actor("boris", "Boris", Role.Administrator);
        for (var round = 0; round < 10; round++)
        {
            var actions = new[]
            {
                Record.ExceptionAsync(() => DemoteAsync(Ana, "boris")).AsTask(),
                Record.ExceptionAsync(() => DemoteAsync(boris, "ana")).AsTask(),
            };
            var refusals = (await Task.WhenAll(actions)).OfType<LocalizedException>();

            Assert.Equal("People.LastAdministrator", Assert.Single(refusals).LocalizedMessage.Code);
            Assert.Single(await People.ListAsync(Ana, Cancel), person => person.Role == Role.Administrator);
            foreach (var id in new[] { "ana", "boris" })
                await People.ChangeRoleAsync(Ana, id, Role.Administrator, Cancel);
        }

        async Task DemoteAsync(Actor who, string whom)
        {
            await Task.Yield();
            await People.ChangeRoleAsync(who, whom, Role.Viewer, Cancel);
        }
    }

    [Fact]
    public async Task A_changed_role_ends_all_sessions_of_the_person_and_an_unchanged_one_ends_none()
    {
        await AddAsync("carla", Role.Contributor, "hash");
        var before = await StampAsync("carla");
        await People.ChangeRoleAsync(Ana, "carla", Role.Contributor, Cancel);
        Assert.Equal(before, await StampAsync("carla"));

        await People.ChangeRoleAsync(Ana, "carla", Role.Operator, Cancel);
        Assert.NotEqual(before, await StampAsync("carla"));
    }

    [Fact]
    public async Task A_changed_role_keeps_the_link_of_a_person_who_cannot_sign_in_yet()
    {
        await AddAsync("carla", Role.Contributor, null);
        var before = await StampAsync("carla");

        await People.ChangeRoleAsync(Ana, "carla", Role.Operator, Cancel);

        Assert.Equal(before, await StampAsync("carla"));
    }

    [Fact]
    public async Task A_removed_person_is_removed_from_shared_connections()
    {
        await AddAsync("carla", Role.Contributor, "hash");
        var connection = await _product.AddConnectionAsync(sharing: Sharing.ChosenContributors);
        await using (var db = await _product.OpenAsync())
        {
            db.Add(new ConnectionShare { ConnectionId = connection.Id, UserId = "carla" });
            await db.SaveChangesAsync(Cancel);
        }
        await People.RemoveAsync(Ana, "carla", Cancel);

        await RefusedAsync("People.Gone", () => People.GetAsync(Ana, "carla", Cancel));
        await RefusedAsync("People.Gone", () => People.RemoveAsync(Ana, "carla", Cancel));
        await using var after = await _product.OpenAsync();
        Assert.Empty(await after.Set<ConnectionShare>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Exports_that_stop_with_a_person_are_named()
    {
        var connection = await _product.AddConnectionAsync("Shop");
        var other = await _product.AddConnectionAsync("Other shop");
        var customers = await _product.AddCustomersAsync("Customers", []);
        await _product.AddExportAsync("Newsletter", connection, customers);
        await _product.AddExportAsync("Birthdays", connection, customers);
        await _product.AddExportAsync("Elsewhere", other, customers);
        await using (var db = await _product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.ExportUserId, row => row.Id == connection.Id ? "ana" : "boris"),
                    Cancel
                );

        var dependent = Assert.Single(await Dependents.DependentsAsync(Ana, "ana", Cancel));
        Assert.Equal("Shop: Birthdays, Newsletter", $"{dependent.Connection}: {string.Join(", ", dependent.Exports)}");
    }

    private async Task AddAsync(string id, Role role, string? passwordHash)
    {
        await using var db = await _product.OpenAsync();
        var email = id + "@shop.example";
        db.Set<AppUser>()
            .Add(
                new AppUser
                {
                    Id = id,
                    UserName = email,
                    NormalizedUserName = email.ToUpperInvariant(),
                    Email = email,
                    NormalizedEmail = email.ToUpperInvariant(),
                    DisplayName = id,
                    Role = role,
                    PasswordHash = passwordHash,
                }
            );
        await db.SaveChangesAsync(Cancel);
    }

    private async Task<string?> StampAsync(string id)
    {
        await using var db = await _product.OpenAsync();
        return await db.Set<AppUser>().Where(user => user.Id == id).Select(user => user.SecurityStamp).SingleAsync(Cancel);
    }

    private static async Task RefusedAsync(string message, Func<Task> action) =>
        Assert.Equal(message, (await Assert.ThrowsAnyAsync<LocalizedException>(action)).LocalizedMessage.Code);
}
