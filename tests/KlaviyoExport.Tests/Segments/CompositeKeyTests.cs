using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.Segments;

/// <summary>Several columns identify a profile in the same way in every kind of source.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class CompositeKeyTests
{
    internal static readonly string?[][] Rows =
    [
        ["1", "a|b", "one"],
        ["1|a", "b", "two"],
        ["1~1a", "b", "three"],
        ["~", "|", "four"],
        ["1", null, "no number"],
        ["  ", "b", "no store"],
        ["1", "a|b", "zero"],
        ["1", "A|b", "five"],
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SourceKind> Kinds => [SourceKind.Csv, SourceKind.Sqlite, SourceKind.PostgreSql];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rows_are_profiles_by_all_columns_of_the_key(SourceKind kind)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, database, kind, ["store", "number"]);

        var profiles = await store.ReadAllAsync(source);

        // In a file the second row with a key is malformed, in a database both are one profile.
        Assert.Equal((5L, 3L), (source.RowCount, source.MalformedCount));
        Assert.Equal(["1|A~1b", "1|a~1b", "1~01a|b", "1~1a|b", "~0|~1"], profiles.Select(profile => profile.Key));
        Assert.Equal(["five", "one", "three", "two", "four"], profiles.Select(profile => profile.Values[2]));
        Assert.Equal(5, await store.Reader.CountAsync(source, Everybody, Cancel));
        Assert.Equal("1|A~1b", Assert.Single(await store.Reader.PreviewAsync(source, Everybody, ["text"], 1, Cancel)).Key);
        foreach (var profile in profiles)
        {
            var found = await store.Store.Get<ProfileLookup>().FindAsync(source, "text", [], [], profile.Key, Cancel);
            Assert.Equal(profile.Key, Assert.Single(found.Under([], ["text"])).Key);
        }
    }

    [Theory]
    [InlineData(SourceKind.Sqlite, "vip")]
    [InlineData(SourceKind.PostgreSql, "public.vip")]
    public async Task A_membership_table_has_as_many_columns_as_the_key(SourceKind kind, string table)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, database, kind, ["store", "number"]);

        Assert.Equal(
            ["1|a~1b", "1~1a|b"],
            (await store.ReadAllAsync(source, new MembershipSegment(table, ["s", "n"]))).Select(profile => profile.Key)
        );
        Assert.Empty(await store.ReadAllAsync(source, new MembershipSegment(table, ["n", "s"])));
        Assert.Contains(
            $"The key of Customers has 2 columns, but the segment uses 1 of {table}.",
            await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, new MembershipSegment(table, ["s"]), Cancel)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_row_without_a_part_of_its_key_and_a_repeated_key_are_named()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, database, SourceKind.Csv, ["store", "number"]);

        Assert.Equal(
            ["6 no key in column number", "7 no key in column store", "8 key already seen in line 2"],
            source.MalformedRows.Select(row => $"{row.Line} {row.Reason}")
        );
    }

    [Theory]
    [InlineData("has no column gone, which is the key column", "store", "gone")]
    [InlineData("A column occurs twice in the key", "store", "store")]
    [InlineData("Choose the key column", "", "")]
    [InlineData("The key has more than 10 columns", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11")]
    public async Task A_key_that_cannot_be_is_refused(string message, params string[] keys)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        foreach (var kind in Kinds.Select(row => row.Data))
            Assert.Contains(message, await SourceStore.RefusalAsync(() => AddAsync(store, database, kind, keys)), StringComparison.Ordinal);
    }

    private static ConditionSegment Everybody { get; } = new(new ConditionGroup(GroupKind.All, []));

    private static string Literal(string? value) => value is null ? "NULL" : $"'{value}'";

    private static async Task<Source> AddAsync(SourceStore store, ServerDatabase database, SourceKind kind, string[] keys)
    {
        var sql =
            "DROP TABLE IF EXISTS people; DROP TABLE IF EXISTS vip; CREATE TABLE people(store TEXT, number TEXT, text TEXT); "
            + $"INSERT INTO people VALUES {string.Join(", ", Rows.Select(row => $"({string.Join(", ", row.Select(Literal))})"))}; "
            + "CREATE TABLE vip(s TEXT, n TEXT); INSERT INTO vip VALUES ('1', 'a|b'), ('1|a', 'b'), ('1', NULL), (NULL, 'b'), ('x', 'y');";
        var draft = new SourceDraft();
        if (kind == SourceKind.PostgreSql)
        {
            await database.ExecuteAsync(sql);
            draft = database.Draft(kind, "public.people");
        }
        else if (kind == SourceKind.Sqlite)
        {
            (draft.Location, draft.Table) = (store.WriteDatabase("customers.db", sql), "people");
        }
        else
        {
            var lines = Rows.Select(row => string.Join(',', row));
            draft.Location = store.Write("customers.csv", "store,number,text\n" + string.Join('\n', lines));
        }
        (draft.Name, draft.Kind, draft.KeyColumns) = ("Customers", kind, [.. keys]);
        return await store.AddAsync(draft);
    }
}
