using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.Segments;

/// <summary>A key has the same text wherever it is read, and its number is found in columns of other types.</summary>
public sealed class KeyTypeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Trait(Needs.Trait, Needs.Server)]
    [InlineData("int", "7", "7")]
    [InlineData("bigint", "9007199254740993", "9007199254740993")]
    [InlineData("numeric(10, 2)", "7", "7.00")]
    [InlineData("real", "7.5", "7.5")]
    [InlineData("double precision", "1e300", "1e+300")]
    [InlineData("date", "'2026-11-29'", "2026-11-29")]
    [InlineData("timestamp", "'2026-11-29 08:00'", "2026-11-29 08:00:00")]
    [InlineData("timestamptz", "'2026-11-29 08:00+01'", "2026-11-29 07:00:00+00")]
    [InlineData("uuid", "'F47AC10B-58CC-4372-A567-0E02B2C3D479'", "f47ac10b-58cc-4372-a567-0e02b2c3d479")]
    [InlineData("bytea", "'\\x0a1b'", "0A1B")]
    [InlineData("boolean", "true", "true")]
    [InlineData("char(5)", "'ab'", "ab")]
    public async Task A_key_of_any_type_of_PostgreSQL_has_one_text(string type, string value, string key)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            $"CREATE TABLE people(id {type}, email text); INSERT INTO people VALUES ({value}, 'a@x.example'), (NULL, 'b@x.example'); "
                + $"CREATE TABLE vip(customer {type}); INSERT INTO vip VALUES ({value}), (NULL)",
            "public.people"
        );

        await HasKeyAsync(store, source, key, "public.vip");
    }

    [Theory]
    [InlineData("INTEGER", "7.0", "7")]
    [InlineData("REAL", "7", "7.0")]
    [InlineData("TEXT", "7", "7")]
    [InlineData("", "7", "7")]
    [InlineData("", "7.0", "7.0")]
    [InlineData("", "'7.0'", "7.0")]
    [InlineData("BLOB", "x'0a1b'", "0A1B")]
    [InlineData("BOOLEAN", "TRUE", "1")]
    [InlineData("DATE", "'2026-11-29'", "2026-11-29")]
    public async Task A_key_of_any_type_of_SQLite_has_one_text(string type, string value, string key)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            $"CREATE TABLE people(id {type}, email text); INSERT INTO people VALUES ({value}, 'a@x.example'), (NULL, 'b@x.example'); "
                + $"CREATE TABLE vip(customer {type}); INSERT INTO vip VALUES ({value}), (NULL)",
            "people"
        );

        await HasKeyAsync(store, source, key, "vip");
    }

    [Theory, Trait(Needs.Trait, Needs.Server)]
    [InlineData("int", "bigint", "7,10,100")]
    [InlineData("int", "numeric(12, 4)", "7,10,100")]
    [InlineData("int", "double precision", "7,10,100")]
    [InlineData("int", "varchar(20)", "7,10,100")]
    [InlineData("numeric(10, 2)", "int", "7,10,100")]
    [InlineData("numeric(10, 2)", "numeric", "7,10,100")]
    [InlineData("numeric(10, 2)", "double precision", "7,10,100")]
    [InlineData("double precision", "bigint", "7,10,100")]
    [InlineData("double precision", "real", "7,10,100000000")]
    [InlineData("varchar(20)", "bigint", "7,10,100")]
    [InlineData("numeric(10, 2)", "numeric(12, 2)", "7,7.50,10,100,0")]
    [InlineData("numeric(10, 2)", "numeric(12, 4)", "7,7.50,10,100,0")]
    public async Task A_number_of_PostgreSQL_is_found_in_a_column_of_another_type(string type, string otherType, string values)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var numbers = values.Split(',');
        var source = await store.AddPostgreSqlAsync(
            database,
            $"CREATE TABLE people(id {type}, email text); INSERT INTO people VALUES ({string.Join(", ''), (", numbers)}, ''), (70, ''); "
                + $"CREATE TABLE vip(customer {otherType}); INSERT INTO vip VALUES ({string.Join("), (", numbers)}), (71), (NULL)",
            "public.people"
        );

        var members = await store.ReadAllAsync(source, new MembershipSegment("public.vip", ["customer"]));

        Assert.Equal(
            numbers.Select(number => decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).Order(),
            members.Select(member => decimal.Parse(member.Key, System.Globalization.CultureInfo.InvariantCulture)).Order()
        );
    }

    [Fact]
    public async Task Numbers_of_SQLite_are_found_however_they_are_stored()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            """
            CREATE TABLE people(id, email text);
            INSERT INTO people VALUES (1, ''), (2.0, ''), ('3', ''), (4, ''), ('5.0', ''), (6.5, ''), (9, '');
            CREATE TABLE vip(customer); INSERT INTO vip VALUES (1.0), (2), (3), ('4'), (5.0), (6.5), (NULL), (90);
            CREATE TABLE whole(customer INTEGER); INSERT INTO whole VALUES (1), (2), (3), (4), (5)
            """,
            "people"
        );

        Assert.Equal(["1", "2.0", "3", "4", "5.0", "6.5"], await KeysAsync("vip"));
        // A text is compared as text.
        Assert.Equal(["1", "2.0", "3", "4"], await KeysAsync("whole"));

        async Task<IEnumerable<string>> KeysAsync(string table) =>
            (await store.ReadAllAsync(source, new MembershipSegment(table, ["customer"]))).Select(member => member.Key);
    }

    [Fact, Trait(Needs.Trait, Needs.Server)]
    public async Task Numbers_of_a_key_of_several_columns_are_found_in_columns_of_other_types()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        const string Tables = """
            CREATE TABLE people(store int, number numeric(10, 2), email text);
            INSERT INTO people VALUES (1, 7, ''), (1, 8, ''), (2, 7, ''); CREATE TABLE vip(s numeric(10, 1), n bigint);
            INSERT INTO vip VALUES (1, 8), (2, 7), (2, 8)
            """;
        await database.ExecuteAsync(Tables);
        var draft = database.Draft(SourceKind.PostgreSql, "public.people");
        draft.KeyColumns = ["store", "number"];
        var server = await store.AddAsync(draft);
        var file = await store.AddAsync(
            new SourceDraft
            {
                Name = "File",
                Kind = SourceKind.Sqlite,
                Location = store.WriteDatabase("customers.db", Tables),
                Table = "people",
                KeyColumns = ["store", "number"],
            }
        );

        Assert.Equal(
            ["1|8.00", "2|7.00"],
            (await store.ReadAllAsync(server, new MembershipSegment("public.vip", ["s", "n"]))).Select(member => member.Key)
        );
        Assert.Equal(
            ["1|8", "2|7"],
            (await store.ReadAllAsync(file, new MembershipSegment("vip", ["s", "n"]))).Select(member => member.Key)
        );
    }

    private static async Task HasKeyAsync(SourceStore store, Source source, string key, string table)
    {
        var membership = new MembershipSegment(table, ["customer"]);
        var found = await store.Store.Get<ProfileLookup>().FindAsync(source, "email", [], [], key, Cancel);

        Assert.Equal((1L, 1L), (source.RowCount, source.MalformedCount));
        Assert.Equal(key, Assert.Single(await store.ReadAllAsync(source)).Key);
        Assert.Equal(key, Assert.Single(await store.ReadAllAsync(source, membership)).Key);
        Assert.Equal(1, await store.Reader.CountAsync(source, membership, Cancel));
        Assert.Equal(key, Assert.Single(found.Under([], ["email"])).Key);
    }
}
