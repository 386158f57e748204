using System.Globalization;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Segments;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>Keys are joined, sorted and compared by the product, because nothing is assumed about the database. They mean the same.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class OdbcKeyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Drivers => [OdbcDatabase.PostgreSql, OdbcDatabase.MariaDb, OdbcDatabase.Sqlite];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Rows_are_profiles_by_all_columns_of_the_key_in_the_order_of_its_bytes(string driver)
    {
        await using var store = await SourceStore.CreateAsync();
        await using var tables = await OdbcTables.CreateAsync(store, driver, [.. People()]);
        var source = await tables.AddAsync(store, "people", "store", "number");

        var profiles = await store.ReadAllAsync(source);

        // Of two rows with one key, the values that come first are used.
        Assert.Equal((5L, 3L), (source.RowCount, source.MalformedCount));
        Assert.Equal(["1|A~1b", "1|a~1b", "1~01a|b", "1~1a|b", "~0|~1"], profiles.Select(profile => profile.Key));
        Assert.Equal(["five", "one", "three", "two", "four"], profiles.Select(profile => profile.Values[2]));
        Assert.Equal(5, await store.Reader.CountAsync(source, new ConditionSegment(new ConditionGroup(GroupKind.All, [])), Cancel));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_person_is_found_by_the_key_of_several_columns_with_the_memberships(string driver)
    {
        await using var store = await SourceStore.CreateAsync();
        await using var tables = await OdbcTables.CreateAsync(store, driver, [.. People(), .. Vip]);
        var source = await tables.AddAsync(store, "people", "store", "number");
        var vip = new MembershipSegment(tables.Name("vip"), ["s", "n"]);

        Assert.Equal(["1|a~1b True one", "1|a~1b True zero"], await FindAsync("1|a~1b"));
        Assert.Equal(["1|A~1b False five"], await FindAsync("1|A~1b"));
        Assert.Equal(["~0|~1 False four"], await FindAsync("~0|~1"));
        Assert.Empty(await FindAsync("1"));
        Assert.Empty(await FindAsync("1|"));

        async Task<IEnumerable<string>> FindAsync(string key)
        {
            await using var members = await store.Reader.OpenAsync(source, isGlance: true, Cancel);
            var rows = await members.FindAsync(new RowSearch.WithKeys([key]), ["text"], [vip], Cancel);
            return rows.Select(row => $"{row.Key} {row.IsInTable[0]} {row.Values[0]}").Order(StringComparer.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_membership_table_is_compared_by_all_columns_of_the_key_in_their_order(string driver)
    {
        await using var store = await SourceStore.CreateAsync();
        await using var tables = await OdbcTables.CreateAsync(store, driver, [.. People(), .. Vip]);
        var source = await tables.AddAsync(store, "people", "store", "number");

        Assert.Equal(["1|a~1b", "1~1a|b"], await MembersAsync("s", "n"));
        Assert.Empty(await MembersAsync("n", "s"));
        Assert.Contains(
            "has 2 columns, but the segment uses 1",
            await SourceStore.RefusalAsync(() => MembersAsync("s")),
            StringComparison.Ordinal
        );

        async Task<IEnumerable<string>> MembersAsync(params string[] columns) =>
            (await store.ReadAllAsync(source, new MembershipSegment(tables.Name("vip"), KeyColumns.Of(columns)))).Select(one => one.Key);
    }

    [Theory]
    [InlineData(OdbcDatabase.PostgreSql, "int", "bigint", "7,10,100")]
    [InlineData(OdbcDatabase.PostgreSql, "int", "numeric(12, 4)", "7,10,100")]
    [InlineData(OdbcDatabase.PostgreSql, "int", "double precision", "7,10,100,1000000")]
    [InlineData(OdbcDatabase.PostgreSql, "int", "varchar(20)", "7,10,100")]
    [InlineData(OdbcDatabase.PostgreSql, "bigint", "double precision", "7,1000000000000000,9007199254740991")]
    [InlineData(OdbcDatabase.PostgreSql, "numeric(10, 2)", "int", "7,10,100")]
    [InlineData(OdbcDatabase.PostgreSql, "numeric(10, 2)", "double precision", "7,10,100")]
    [InlineData(OdbcDatabase.PostgreSql, "numeric(10, 2)", "numeric(12, 4)", "7,7.50,10,100,0")]
    [InlineData(OdbcDatabase.PostgreSql, "double precision", "numeric(10, 2)", "7,10,100")]
    [InlineData(OdbcDatabase.PostgreSql, "double precision", "real", "7,10,100000000")]
    [InlineData(OdbcDatabase.PostgreSql, "varchar(20)", "bigint", "7,10,100")]
    [InlineData(OdbcDatabase.MariaDb, "int", "bigint", "7,10,100")]
    [InlineData(OdbcDatabase.MariaDb, "int", "decimal(12, 4)", "7,10,100")]
    [InlineData(OdbcDatabase.MariaDb, "decimal(10, 2)", "double", "7,10,100")]
    [InlineData(OdbcDatabase.MariaDb, "decimal(10, 2)", "decimal(12, 4)", "7,7.50,10,100,0")]
    [InlineData(OdbcDatabase.MariaDb, "double", "bigint", "7,10,100")]
    [InlineData(OdbcDatabase.MariaDb, "varchar(20)", "int", "7,10,100")]
    [InlineData(OdbcDatabase.Sqlite, "integer", "double", "7,10,100")]
    [InlineData(OdbcDatabase.Sqlite, "double", "integer", "7,10,100")]
    public async Task A_number_is_found_in_a_column_of_another_type(string driver, string type, string otherType, string values)
    {
        await using var store = await SourceStore.CreateAsync();
        var numbers = values.Split(',');
        await using var tables = await OdbcTables.CreateAsync(
            store,
            driver,
            $"CREATE TABLE people(id {type}, email varchar(10))",
            $"INSERT INTO people VALUES ({string.Join(", 'x'), (", numbers)}, 'x'), (70, 'x')",
            $"CREATE TABLE vip(customer {otherType})",
            $"INSERT INTO vip VALUES ({string.Join("), (", numbers)}), (71), (NULL)"
        );
        var source = await tables.AddAsync(store, "people", "id");

        var members = await store.ReadAllAsync(source, new MembershipSegment(tables.Name("vip"), ["customer"]));

        Assert.Equal(numbers.Select(Number).Order(), members.Select(member => Number(member.Key)).Order());
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_number_and_a_text_are_compared_as_text_beside_numbers_that_are_compared_by_value(string driver)
    {
        await using var store = await SourceStore.CreateAsync();
        await using var tables = await OdbcTables.CreateAsync(
            store,
            driver,
            "CREATE TABLE people(store int, number int, email varchar(10))",
            "INSERT INTO people VALUES (1, 7, 'x'), (1, 8, 'x'), (2, 7, 'x'), (3, 7, 'x'), (4, NULL, 'x')",
            "CREATE TABLE vip(s varchar(10), n double precision)",
            "INSERT INTO vip VALUES ('1', 8), ('2', 7), ('2', 7), ('03', 7), ('2', 8), ('1', 7.5), (NULL, 7), ('4', NULL)"
        );
        var source = await tables.AddAsync(store, "people", "store", "number");
        var segment = new MembershipSegment(tables.Name("vip"), ["s", "n"]);

        Assert.Equal(["1|8", "2|7"], (await store.ReadAllAsync(source, segment)).Select(member => member.Key));
        Assert.Equal(2, await store.Reader.CountAsync(source, segment, Cancel));
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static readonly string[] Vip =
    [
        "CREATE TABLE vip(s varchar(20), n varchar(20))",
        "INSERT INTO vip VALUES ('1', 'a|b'), ('1|a', 'b'), ('1', 'a|b'), ('1', NULL), (NULL, 'b'), ('  ', 'b'), ('x', 'y')",
    ];

    private static IEnumerable<string> People() =>
        [
            "CREATE TABLE people(store varchar(20), number varchar(20), text varchar(20))",
            $"INSERT INTO people VALUES {string.Join(", ", CompositeKeyTests.Rows.Select(row => $"({string.Join(", ", row.Select(Literal))})"))}",
        ];

    private static string Literal(string? value) => value is null ? "NULL" : $"'{value}'";
}
