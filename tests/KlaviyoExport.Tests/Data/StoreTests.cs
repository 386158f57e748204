using KlaviyoExport.People;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Data;

public sealed class StoreTests
{
    [Fact]
    public async Task Every_connection_to_the_store_has_a_busy_timeout_foreign_keys_and_WAL()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();

        Assert.Equal("wal", await db.Database.SqlQuery<string>($"SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync());
        Assert.Equal(1, await db.Database.SqlQuery<int>($"SELECT foreign_keys AS Value FROM pragma_foreign_keys").SingleAsync());
        Assert.Equal(15000, await db.Database.SqlQuery<int>($"SELECT timeout AS Value FROM pragma_busy_timeout").SingleAsync());
    }

    [Fact]
    public async Task The_data_directory_is_accessible_to_its_owner_only()
    {
        if (OperatingSystem.IsWindows())
            return; // Windows has no such modes.
        await using var store = await TestStore.CreateAsync();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(store.Directory, "data"))
        );
    }

    [Fact]
    public async Task The_second_of_two_editors_is_refused()
    {
        await using var store = await TestStore.CreateAsync();
        await using (var db = await store.OpenAsync())
        {
            db.Set<Source>()
                .Add(
                    new Source
                    {
                        Name = "Customers",
                        Location = "/x.csv",
                        KeyColumns = ["id"],
                        CreatedBy = "a",
                    }
                );
            await db.SaveChangesAsync();
        }

        await using var first = await store.OpenAsync();
        await using var second = await store.OpenAsync();
        var mine = await first.Set<Source>().SingleAsync();
        var theirs = await second.Set<Source>().SingleAsync();
        mine.Name = "Mine";
        theirs.Name = "Theirs";
        await first.SaveChangesAsync();

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => second.SaveChangesAsync());
    }

    [Fact]
    public async Task Roles_are_stored_by_name_so_that_reordering_the_enum_changes_no_rights()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        db.Set<AppUser>().Add(new AppUser { UserName = "a", Role = Role.Contributor });
        await db.SaveChangesAsync();

        Assert.Equal("Contributor", await db.Database.SqlQuery<string>($"SELECT Role AS Value FROM AspNetUsers").SingleAsync());
    }
}
