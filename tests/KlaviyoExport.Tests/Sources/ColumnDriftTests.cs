using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Sources;

/// <summary>What a look at the columns of a source, and a load, find out about them.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class ColumnDriftTests
{
    private const string Customers = """
        CREATE TABLE customers (id INT, email TEXT, city TEXT, born DATE, points INT);
        INSERT INTO customers VALUES (1, 'ana@x.example', 'Niš', '1990-12-31', 5), (2, 'ben@x.example', 'Bar', '1985-02-13', 7);
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_told_when_the_columns_are_the_same()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(database, Customers, "public.customers");

        var looked = await LookAsync(store, source);

        Assert.Null(looked.Drift);
        Assert.Null(looked.ColumnsFault);
        Assert.NotNull(looked.ColumnsCheckedAt);
    }

    [Fact]
    public async Task A_column_that_was_renamed_in_PostgreSQL_is_told_with_its_probable_new_name()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(database, Customers, "public.customers");
        await database.ExecuteAsync("ALTER TABLE customers RENAME COLUMN city TO town; ALTER TABLE customers ADD COLUMN vip BOOLEAN");

        var looked = await LookAsync(store, source);

        Assert.Equal(
            [(ColumnChangeKind.Gone, "city", "town"), (ColumnChangeKind.Added, "town", null), (ColumnChangeKind.Added, "vip", null)],
            looked.Drift!.Changes.Select(change => (change.Kind, change.Column, change.PerhapsNow))
        );
    }

    [Fact]
    public async Task A_column_that_is_gone_and_has_no_likeness_to_a_new_one_is_not_called_renamed()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(database, Customers, "public.customers");
        await database.ExecuteAsync("ALTER TABLE customers DROP COLUMN born; ALTER TABLE customers ADD COLUMN vip BOOLEAN");

        var gone = Assert.Single((await LookAsync(store, source)).Drift!.Changes, change => change.Kind == ColumnChangeKind.Gone);

        Assert.Equal(("born", null), (gone.Column, gone.PerhapsNow));
    }

    [Theory]
    [InlineData("ALTER COLUMN points TYPE BIGINT", null)]
    [InlineData("ALTER COLUMN city TYPE VARCHAR(40)", null)]
    [InlineData("ALTER COLUMN points TYPE TEXT", null)] // Its values still are numbers.
    [InlineData("ALTER COLUMN points TYPE TEXT USING 'p' || points", "points WholeNumber Text")]
    [InlineData("ALTER COLUMN points TYPE NUMERIC(8, 2)", "points WholeNumber Number")]
    [InlineData("ALTER COLUMN born TYPE TIMESTAMP", "born Date Moment")]
    [InlineData("ALTER COLUMN born TYPE TEXT USING 'on ' || born", "born Date Text")]
    [InlineData("ALTER COLUMN city TYPE DATE USING '2026-01-01'::date", "city Text Date")]
    public async Task A_type_is_told_when_the_values_are_no_longer_of_it(string change, string? told)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(database, Customers, "public.customers");
        await database.ExecuteAsync("ALTER TABLE customers " + change);

        var changes = (await LookAsync(store, source)).Drift?.Changes ?? [];

        Assert.Equal(told is null ? [] : [told], changes.Select(one => $"{one.Column} {one.Before} {one.Now}"));
        Assert.All(changes, one => Assert.Equal(ColumnChangeKind.Retyped, one.Kind));
    }

    [Fact]
    public async Task A_column_that_the_user_may_no_longer_read_is_told_as_gone()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var user = "reader_" + Guid.NewGuid().ToString("N")[..8];
        await database.ExecuteAsync($"{Customers} CREATE ROLE {user} LOGIN PASSWORD 'reader'; GRANT SELECT ON customers TO {user};");
        try
        {
            var draft = database.Draft(SourceKind.PostgreSql, "public.customers");
            (draft.User, draft.Password) = (user, "reader");
            var source = await store.AddAsync(draft);
            await database.ExecuteAsync(
                $"REVOKE SELECT ON customers FROM {user}; GRANT SELECT (id, email, born, points) ON customers TO {user}"
            );

            Assert.Equal(["city"], (await LookAsync(store, source)).Drift!.Changes.Select(change => change.Column));
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {user}; DROP ROLE {user}");
        }
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_told_as_that_and_what_was_found_stays()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(database, Customers, "public.customers");
        await database.ExecuteAsync("ALTER TABLE customers DROP COLUMN city");
        await LookAsync(store, source);
        await using (var db = await store.Store.OpenAsync())
        {
            var stored = await db.Set<Source>().SingleAsync(Cancel);
            stored.Server = stored.Server! with { Port = 1 };
            await db.SaveChangesAsync(Cancel);
        }

        var looked = await LookAsync(store, source);

        Assert.Equal("Sources.ConnectionRefused", looked.ColumnsFault!.Code);
        Assert.Equal(["city"], looked.Drift!.Changes.Select(change => change.Column));
    }

    [Fact]
    public async Task What_is_found_in_a_SQLite_file_is_gone_when_the_column_is_back()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "customers");
        store.WriteDatabase("customers.db", "ALTER TABLE customers RENAME COLUMN city TO town");
        var first = await LookAsync(store, source);
        var again = await LookAsync(store, source);
        store.WriteDatabase("customers.db", "ALTER TABLE customers RENAME COLUMN town TO city");

        Assert.Equal(("city", "town"), (first.Drift!.Changes[0].Column, first.Drift.Changes[0].PerhapsNow));
        Assert.Equal(first.Drift.Changes[0].Since, again.Drift!.Changes[0].Since);
        Assert.Null((await LookAsync(store, source)).Drift);
    }

    [Fact]
    public async Task A_SQLite_column_that_is_declared_anew_with_other_values_is_told()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "customers");
        store.WriteDatabase(
            "customers.db",
            "ALTER TABLE customers RENAME TO c; CREATE TABLE customers AS SELECT id, email, city, 'on ' || born AS born, points FROM c"
        );

        var change = Assert.Single((await LookAsync(store, source)).Drift!.Changes);

        Assert.Equal(("born", FieldType.Date, FieldType.Text), (change.Column, change.Before, change.Now));
    }

    [Fact]
    public async Task The_header_of_a_file_is_looked_at_and_a_load_takes_it_over()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,city,spent\n1,Niš,5\n2,Bar,7\n");
        store.Write("customers.csv", "id,town,spent\n1,Niš,5\n2,Bar,a lot\n");

        var looked = await LookAsync(store, source);
        var loaded = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

        Assert.Equal(
            [
                (ColumnChangeKind.Gone, "city", "town", false),
                (ColumnChangeKind.Retyped, "spent", null, false),
                (ColumnChangeKind.Added, "town", null, false),
            ],
            looked.Drift!.Changes.Select(change => (change.Kind, change.Column, change.PerhapsNow, change.IsLoaded))
        );
        Assert.Equal(
            [(ColumnChangeKind.Gone, "city", "town", true), (ColumnChangeKind.Retyped, "spent", null, true)],
            loaded.Drift!.Changes.Select(change => (change.Kind, change.Column, change.PerhapsNow, change.IsLoaded))
        );
        Assert.Equal(looked.Drift.Changes[0].Since, loaded.Drift.Changes[0].Since);
    }

    [Fact]
    public async Task A_load_after_the_file_is_as_before_tells_only_what_could_have_been_used_in_between()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,city,spent\n1,Niš,5\n");
        store.Write("customers.csv", "id,town,spent\n1,Niš,a lot\n");
        await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);
        store.Write("customers.csv", "id,city,spent\n1,Niš,6\n");

        var loaded = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

        Assert.Equal(["town"], loaded.Drift!.Changes.Select(change => change.Column));
    }

    [Fact]
    public async Task A_load_that_fails_for_its_key_says_so_and_tells_the_columns()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("customer_id,city\n1,Niš\n2,Bar\n", "customer_id");
        store.Write("customers.csv", "customer-id,city\n1,Niš\n2,Bar\n");

        var refused = await Assert.ThrowsAsync<SourceException>(() =>
            store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel)
        );

        var stored = await store.Sources.GetAsync(SourceStore.Administrator, source.Id, Cancel);
        Assert.Equal("Sources.KeyNotInHeader", refused.LocalizedMessage.Code);
        Assert.Equal("Sources.KeyNotInHeader", stored.LastError!.Code);
        Assert.Equal(("customer_id", "customer-id"), (stored.Drift!.Changes[0].Column, stored.Drift.Changes[0].PerhapsNow));
    }

    [Fact]
    public async Task A_look_does_not_disturb_who_edits_the_source()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "customers");
        store.WriteDatabase("customers.db", "ALTER TABLE customers DROP COLUMN city");

        Assert.Equal(source.Version, (await LookAsync(store, source)).Version);
    }

    [Fact]
    public async Task A_look_can_be_canceled()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "customers");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.Store.Get<SourceColumns>().CheckAsync(SourceStore.Administrator, source.Id, new CancellationToken(canceled: true))
        );
    }

    private static Task<Source> LookAsync(SourceStore store, Source source) =>
        store.Store.Get<SourceColumns>().CheckAsync(SourceStore.Administrator, source.Id, Cancel);
}
