using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

/// <summary>What MariaDB's tables, types and keys become, and that they are only read.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class MySqlSourceTests
{
    private static readonly Actor Administrator = SourceStore.Administrator;

    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_test_lists_the_tables_and_views_of_the_database_and_then_the_columns_of_the_one_picked()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE b(customer_id bigint PRIMARY KEY, email text); INSERT INTO b VALUES (1, 'a'), (2, 'b');
            CREATE TABLE `B`(other int); CREATE VIEW a AS SELECT * FROM b; CREATE SEQUENCE s
            """
        );
        var draft = database.Draft(SourceKind.MySql);

        var tables = await store.Sources.TestAsync(Administrator, draft, Cancel);
        draft.Table = $"{database.Name}.b";
        var columns = await store.Sources.TestAsync(Administrator, draft, Cancel);

        Assert.Equal(
            [("B", false), ("a", true), ("b", false)],
            tables.Tables.Select(table => (table.Name.Split('.')[1], table.IsView)).OrderBy(table => table.Item1, StringComparer.Ordinal)
        );
        Assert.Equal(["customer_id", "email"], columns.Fields.Select(field => field.Name));
        Assert.Equal(["customer_id"], columns.LikelyKey);
        Assert.Equal(
            [
                ["1", "a"],
                ["2", "b"],
            ],
            columns.Rows
        );
    }

    [Theory]
    [InlineData("select")]
    [InlineData("p")]
    [InlineData("a`; DROP TABLE people; -- ")]
    [InlineData("it's [odd] \"x\" %_? $1 @v0 :x \\ #")]
    [InlineData("Купци")]
    [InlineData("a.b")]
    public async Task Tables_and_columns_of_any_name_can_be_read(string name)
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var quoted = $"`{name.Trim().Replace("`", "``", StringComparison.Ordinal)}`";
        await database.ExecuteAsync($"CREATE TABLE {quoted}({quoted} text, `value`` x` text)");
        await database.ExecuteAsync($"INSERT INTO {quoted} VALUES ('k', 'v')");
        var draft = database.Draft(SourceKind.MySql, key: name.Trim());
        draft.Table = (await store.Sources.TestAsync(Administrator, draft, Cancel)).Tables.Single().Name;
        var source = await store.AddAsync(draft);
        var equal = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(name.Trim(), Operator.Equal, ["K"])]));

        Assert.Equal(["k", "v"], Assert.Single(await store.ReadAllAsync(source, equal)).Values);
        Assert.Equal(1, await store.Reader.CountAsync(source, new MembershipSegment(draft.Table, [name.Trim()]), Cancel));
    }

    [Fact]
    public async Task Every_type_is_read_as_invariant_text()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddMariaDbAsync(
            database,
            """
            SET time_zone = '+09:00', sql_mode = '';
            CREATE TABLE t(id uuid, a decimal(65, 3), b double, c float, d varbinary(9), e timestamp NULL, f datetime(1), g date, h boolean,
                i enum('happy', 'sad'), j set('x', 'y'), k json, l char(5), m year, n time, o bigint unsigned, p bit(1), q bit(9),
                r point, s varchar(20) CHARACTER SET latin1, t varchar(20) CHARACTER SET utf8mb3, u blob, v tinyint(1), w mediumtext, x inet6);
            INSERT INTO t VALUES ('6F9619FF-8B86-D011-B42D-00C04FC964FF', 12345678901234567890123456789012345.678, 1e300, 1.1, x'00ff',
                '2026-11-21 08:30:00', '2026-11-20 23:30:00.5', '2026-11-20', true, 'happy', 'x,y', '{"a": 1}', 'ab', 2026, '-101:02:03',
                18446744073709551615, b'1', b'100000001', POINT(1, 2.5), 'Núria', 'ж', 'x', 2, '🏛 œ', '::1')
            """,
            "t"
        );

        Assert.Equal(
            "6f9619ff-8b86-d011-b42d-00c04fc964ff|12345678901234567890123456789012345.678|1E+300|1.1|00FF|2026-11-20 23:30:00"
                + "|2026-11-20 23:30:00.5|2026-11-20|1|happy|x,y|{\"a\": 1}|ab|2026|-101:02:03|18446744073709551615|1|257|POINT(1 2.5)"
                + "|Núria|ж|78|2|🏛 œ|::1",
            string.Join('|', Assert.Single(await store.ReadAllAsync(source)).Values)
        );
        Assert.Equal(
            "Text Number Number Number Text Moment Moment Date YesNo Text Text Text Text WholeNumber Text Text YesNo WholeNumber Text "
                + "Text Text Text WholeNumber Text Text",
            string.Join(' ', source.Fields.Select(field => field.Type))
        );
    }

    [Fact]
    public async Task The_columns_of_a_query_have_the_types_of_those_of_a_table()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            "CREATE TABLE t(id int unsigned, a decimal(9, 2), b boolean, c date, d datetime, e text, f bit(1), g bit(9), h float, i blob); "
                + "INSERT INTO t(id, h, i) VALUES (1, 0.1, 'x')"
        );
        var draft = database.Draft(SourceKind.MySql);
        (draft.Name, draft.IsQuery, draft.Query) = ("Query", true, "SELECT * FROM t WHERE e IS NULL OR e <> '\\'; --' # the end");

        var query = await store.AddAsync(draft);
        var table = await store.AddAsync(database.Draft(SourceKind.MySql, $"{database.Name}.t"));

        Assert.Equal(table.Fields.Select(field => (field.Name, field.Type)), query.Fields.Select(field => (field.Name, field.Type)));
        Assert.Equal(
            "WholeNumber Number YesNo Date Moment Text YesNo WholeNumber Number Text",
            string.Join(' ', table.Fields.Select(field => field.Type))
        );
        Assert.Equal("0.1", Assert.Single(await store.ReadAllAsync(query)).Values[8]);
        draft.Query = "SELECT id, nothing FROM t";
        Assert.Contains(
            "nothing",
            await SourceStore.RefusalAsync(() => store.Sources.TestAsync(Administrator, draft, Cancel)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_date_of_zeros_is_empty()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddMariaDbAsync(
            database,
            """
            SET sql_mode = ''; CREATE TABLE t(id int, day date NOT NULL, moment datetime(3) NOT NULL);
            INSERT INTO t VALUES (1, '0000-00-00', '0000-00-00'), (2, '2026-11-20', '2026-11-20 10:00:00')
            """,
            "t"
        );

        Assert.Equal("WholeNumber Date Moment", string.Join(' ', source.Fields.Select(field => field.Type)));
        foreach (var field in new[] { "day", "moment" })
        {
            Assert.Equal("1", Assert.Single(await store.ReadAllAsync(source, Is(field, Operator.IsEmpty))).Key);
            Assert.Equal("2", Assert.Single(await store.ReadAllAsync(source, Is(field, Operator.IsNotEmpty))).Key);
            Assert.Equal("2", Assert.Single(await store.ReadAllAsync(source, Is(field, Operator.On, "2026-11-20"))).Key);
        }
    }

    [Fact]
    public async Task Numbers_without_a_sign_and_small_numbers_that_are_no_yes_or_no_are_compared_as_numbers()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddMariaDbAsync(
            database,
            "CREATE TABLE t(id bigint unsigned, level tinyint(1), flags bit(20)); "
                + "INSERT INTO t VALUES (1, 0, 3), (123456789012345678, 5, 700000), (2, NULL, NULL)",
            "t"
        );

        Assert.Equal("WholeNumber WholeNumber WholeNumber", string.Join(' ', source.Fields.Select(field => field.Type)));
        Assert.Equal("123456789012345678", await KeysAsync(Is("id", Operator.Greater, "2")));
        Assert.Equal("1 2", await KeysAsync(Is("id", Operator.Between, "-5", "2")));
        Assert.Equal("123456789012345678", await KeysAsync(Is("level", Operator.Equal, "5")));
        Assert.Equal("123456789012345678", await KeysAsync(Is("flags", Operator.Greater, "4")));

        async Task<string> KeysAsync(SegmentDefinition definition) =>
            string.Join(' ', (await store.ReadAllAsync(source, definition)).Select(profile => profile.Key));
    }

    [Fact]
    public async Task Keys_are_compared_by_their_bytes_whatever_the_collation_character_set_and_length()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE t(id longtext COLLATE utf8mb4_general_ci, name text); CREATE TABLE vip(k varchar(20) CHARACTER SET latin1);
            INSERT INTO t VALUES ('a', 'second'), (NULL, 'x'), ('', 'x'), ('A', 'other'), ('a', 'first'), ('a ', 'padded'), ('a', NULL), ('á', 'x');
            INSERT INTO vip VALUES ('a '), ('Á'), ('A'), (NULL), ('á'), ('b');
            INSERT INTO t SELECT CONCAT(REPEAT('x', 70000), seq % 3), seq FROM seq_1_to_30
            """
        );
        var source = await store.AddAsync(database.Draft(SourceKind.MySql, $"{database.Name}.t"));
        var profiles = await store.ReadAllAsync(source);

        Assert.Equal(["A", "a", "a ", "xxx", "xxx", "xxx", "á"], profiles.Select(one => one.Key.Length > 3 ? one.Key[..3] : one.Key));
        Assert.Equal(7, profiles.Select(profile => profile.Key).Distinct().Count());
        Assert.Equal((7, 31), (source.RowCount, source.MalformedCount));
        Assert.Equal(
            ["A", "a ", "á"],
            (await store.ReadAllAsync(source, new MembershipSegment($"{database.Name}.vip", ["k"]))).Select(profile => profile.Key)
        );
    }

    [Theory]
    [InlineData("' OR 1=1 -- ")]
    [InlineData("\\' OR 1=1 # ")]
    [InlineData("\" OR \"\" = \"")]
    [InlineData("@v1")]
    [InlineData("?")]
    [InlineData("\0")]
    public async Task A_value_can_never_change_the_query(string hostile)
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddMariaDbAsync(
            database,
            "CREATE TABLE people(id text, name text, age int); INSERT INTO people VALUES ('a', 'x', 1), ('b', 'y', 2)",
            "people"
        );
        foreach (var @operator in new[] { Operator.Equal, Operator.Contains, Operator.StartsWith, Operator.InList })
        {
            var definition = new ConditionSegment(
                new ConditionGroup(
                    GroupKind.Any,
                    [new Condition("name", @operator, [hostile]), new Condition("age", Operator.Equal, ["2"])]
                )
            );
            Assert.Equal("b", Assert.Single(await store.ReadAllAsync(source, definition)).Key);
        }
    }

    [Fact]
    public async Task A_view_or_query_that_writes_is_refused_and_writes_nothing()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE t(id int); INSERT INTO t VALUES (1); CREATE TABLE written(n int) ENGINE = MyISAM;
            CREATE FUNCTION note() RETURNS int BEGIN INSERT INTO written VALUES (1); RETURN 1; END;
            CREATE VIEW v AS SELECT id, note() AS n FROM t
            """
        );
        var draft = database.Draft(SourceKind.MySql);
        (draft.Name, draft.IsQuery, draft.Query) = ("Query", true, "SELECT id, note() AS n FROM t");

        Assert.Contains(
            "cannot be read without changing data",
            await SourceStore.RefusalAsync(() => store.AddAsync(database.Draft(SourceKind.MySql, $"{database.Name}.v"))),
            StringComparison.Ordinal
        );
        Assert.Contains("would do more than read", await SourceStore.RefusalAsync(() => store.AddAsync(draft)), StringComparison.Ordinal);
        await database.ExecuteAsync(
            "CREATE TABLE proof AS SELECT 1 / (COUNT(*) = 0) AS n FROM written; ALTER TABLE proof MODIFY n int NOT NULL"
        );
    }

    [Fact]
    public async Task A_preview_reads_only_its_rows_and_a_canceled_count_ends_on_the_server()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddMariaDbAsync(
            database,
            "CREATE TABLE t(id int); INSERT INTO t VALUES (1); CREATE VIEW slow AS SELECT seq AS id FROM seq_1_to_100000 WHERE SLEEP(0.01) = 0; "
                + "CREATE TABLE many AS SELECT seq AS id, REPEAT('x', 500) AS note FROM seq_1_to_50000",
            "t"
        );
        source.Table = $"{database.Name}.slow";
        using var leaving = new CancellationTokenSource();
        var count = store.Reader.CountAsync(source, Everybody, leaving.Token);
        await Task.Delay(300, Cancel);
        Assert.False(count.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => count);
        await database.ExecuteAsync(
            $"CREATE TABLE proof(n int CHECK (n = 0)); INSERT INTO proof SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = '{database.Name}' AND INFO LIKE '%slow%' AND INFO NOT LIKE '%proof%'"
        );

        source.Table = $"{database.Name}.many";
        Assert.Equal(
            ["1", "10", "100"],
            (await store.Reader.PreviewAsync(source, Everybody, [], 3, Cancel)).Select(profile => profile.Key)
        );
    }

    private static ConditionSegment Is(string field, Operator @operator, params string[] values) =>
        new(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)]));
}
