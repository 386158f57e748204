using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Sources;

/// <summary>A column that is there again after a load has found it to be gone.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class ReturnedColumnTests
{
    private const string Customers = """
        CREATE TABLE customers (id INT, born TEXT, points INT);
        INSERT INTO customers VALUES (1, '31.12.1990', 5), (2, '13.02.1985', 7);
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SourceKind.Sqlite)]
    [InlineData(SourceKind.PostgreSql)]
    public async Task In_a_database_it_is_read_as_before(SourceKind kind)
    {
        await using var database = kind == SourceKind.PostgreSql ? await ServerDatabase.PostgreSqlAsync() : null;
        await using var store = await SourceStore.CreateAsync();
        var source = database is null
            ? await store.AddDatabaseAsync(Customers, "customers")
            : await store.AddPostgreSqlAsync(database, Customers, "public.customers");
        var born = source.Fields.Single(field => field.Name == "born");
        await ChangeAsync(store, database, "ALTER TABLE customers RENAME COLUMN born TO birthday");

        var lost = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);
        var still = await LookAsync(store, source);
        await ChangeAsync(store, database, "ALTER TABLE customers RENAME COLUMN birthday TO born");
        var back = await LookAsync(store, source);

        Assert.Equal(["id", "birthday", "points"], lost.Fields.Select(field => field.Name));
        Assert.Equal(lost.Drift!.Changes.Select(change => change.Since), still.Drift!.Changes.Select(change => change.Since));
        Assert.Empty(lost.Drift.Changes[0].Was!.Samples);
        var again = back.Fields.Single(field => field.Name == "born");
        Assert.Equal((FieldType.Date, born.Format), (again.Type, again.Format));
        // The load has taken over the other name, which is gone now.
        Assert.Equal(
            [(ColumnChangeKind.Gone, "birthday", false)],
            back.Drift!.Changes.Select(change => (change.Kind, change.Column, change.IsBack))
        );
        back.Fields.RemoveAll(field => field.Name == "birthday");
        Assert.Equal(["31.12.1990", "13.02.1985"], (await store.ReadAllAsync(back)).Select(profile => profile.Values[^1]));
    }

    [Fact]
    public async Task In_a_database_another_type_is_told()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(database, Customers, "public.customers");
        await database.ExecuteAsync("ALTER TABLE customers DROP COLUMN points");
        await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);
        await database.ExecuteAsync("ALTER TABLE customers ADD COLUMN points TEXT DEFAULT 'many'");

        var change = Assert.Single((await LookAsync(store, source)).Drift!.Changes);

        Assert.Equal(("points", FieldType.WholeNumber, FieldType.Text, false), (change.Column, change.Before, change.Now, change.IsLoaded));
    }

    [Fact]
    public async Task What_an_earlier_version_has_stored_needs_a_load()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "customers");
        await using (var db = await store.Store.OpenAsync())
        {
            var stored = await db.Set<Source>().SingleAsync(Cancel);
            stored.Fields = stored.Fields.FindAll(field => field.Name != "points");
            stored.Drift = new SchemaDrift([new(ColumnChangeKind.Gone, "points", DateTimeOffset.UnixEpoch) { IsLoaded = true }]);
            await db.SaveChangesAsync(Cancel);
        }

        var change = Assert.Single((await LookAsync(store, source)).Drift!.Changes);

        Assert.Equal((true, DateTimeOffset.UnixEpoch), (change.IsBack, change.Since));
        Assert.Equal(
            "The column “points” exists again, but the source was loaded without it. Load the source again.",
            change.Message.ToString()
        );
        Assert.Null((await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel)).Drift);
    }

    [Fact]
    public async Task In_a_file_it_is_told_until_the_file_is_loaded_or_it_is_gone_again()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,city\n1,Bar\n");
        store.Write("customers.csv", "id\n1\n");
        await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

        store.Write("customers.csv", "id,city\n1,Bar\n");
        var back = await LookAsync(store, source);
        store.Write("customers.csv", "id\n1\n");
        var gone = await LookAsync(store, source);
        store.Write("customers.csv", "id,city\n1,Bar\n");
        var loaded = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

        Assert.Equal(
            [(ColumnChangeKind.Gone, "city", true, true)],
            back.Drift!.Changes.Select(change => (change.Kind, change.Column, change.IsLoaded, change.IsBack))
        );
        Assert.Equal(["id"], back.Fields.Select(field => field.Name));
        Assert.Equal([("city", false)], gone.Drift!.Changes.Select(change => (change.Column, change.IsBack)));
        Assert.Null(loaded.Drift);
    }

    private static async Task ChangeAsync(SourceStore store, ServerDatabase? database, string sql)
    {
        if (database is null)
            store.WriteDatabase("customers.db", sql);
        else
            await database.ExecuteAsync(sql);
    }

    private static Task<Source> LookAsync(SourceStore store, Source source) =>
        store.Store.Get<SourceColumns>().CheckAsync(SourceStore.Administrator, source.Id, Cancel);
}
