using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

[Trait(Needs.Trait, Needs.Server)]
public sealed class PostgreSqlSourceTests
{
    private static readonly Actor Administrator = SourceStore.Administrator;

    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_test_lists_tables_and_views_of_every_schema_and_then_the_columns_of_the_one_picked()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE b(customer_id bigserial, email text); INSERT INTO b(email) VALUES ('a'), ('b'); CREATE VIEW a AS SELECT * FROM b;
            CREATE SCHEMA crm; CREATE MATERIALIZED VIEW crm.counted AS SELECT 1 AS n; CREATE TABLE crm."a.b"(x int); CREATE TABLE crm.parts(x int) PARTITION BY LIST (x);
            CREATE TABLE crm.part PARTITION OF crm.parts FOR VALUES IN (1)
            """
        );
        var draft = database.Draft(SourceKind.PostgreSql);

        var tables = await store.Sources.TestAsync(Administrator, draft, Cancel);
        draft.Table = "public.b";
        var columns = await store.Sources.TestAsync(Administrator, draft, Cancel);

        Assert.Equal(
            [
                new("crm.\"a.b\"", false),
                new("crm.counted", true),
                new("crm.parts", false),
                new("public.a", true),
                new SourceTable("public.b", false),
            ],
            tables.Tables
        );
        Assert.Equal(["customer_id", "email"], columns.Fields.Select(field => field.Name));
        Assert.Equal([FieldType.WholeNumber, FieldType.Text], columns.Fields.Select(field => field.Type));
        Assert.Equal(["customer_id"], columns.LikelyKey);
        Assert.Equal(
            [
                ["1", "a"],
                ["2", "b"],
            ],
            columns.Rows
        );
        Assert.Empty(await store.Sources.ListAsync(Administrator, Cancel));
    }

    [Theory]
    [InlineData("people")]
    [InlineData("select")]
    [InlineData("p")]
    [InlineData("a\"; DROP TABLE people; --")]
    [InlineData("it's [odd] `x` %_? $1 @v0 :x \\")]
    [InlineData("Купци 🏛")]
    [InlineData("a.b")]
    public async Task Schemas_tables_and_columns_of_any_name_can_be_read(string name)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var quoted = $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        await database.ExecuteAsync(
            $"CREATE SCHEMA {quoted}; CREATE TABLE {quoted}.{quoted}({quoted} text, \"value \"\" x\" text); INSERT INTO {quoted}.{quoted} VALUES ('k', 'v')"
        );
        var draft = database.Draft(SourceKind.PostgreSql, key: name);
        draft.Table = (await store.Sources.TestAsync(Administrator, draft, Cancel)).Tables.Single().Name;
        var source = await store.AddAsync(draft);
        var equal = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(name, Operator.Equal, ["K"])]));

        Assert.Equal(["k", "v"], Assert.Single(await store.ReadAllAsync(source, equal)).Values);
        Assert.Equal(1, await store.Reader.CountAsync(source, new MembershipSegment(draft.Table, [name]), Cancel));
    }

    [Theory]
    [InlineData("public.gone", "id", "has no table or view public.gone")]
    [InlineData("public.people; DROP TABLE people", "id", "has no table or view public.people; DROP TABLE people")]
    [InlineData("people", "id", "has no table or view people")]
    [InlineData("public.people", "gone", "has no column gone, which is the key column")]
    [InlineData("public.people", "id\" FROM people; --", "has no column id\" FROM people; --")]
    [InlineData("public.empty", "id", "has a header but no rows")]
    [InlineData("public.keyless", "id", "has no usable row")]
    [InlineData("", "id", "Choose the table")]
    public async Task An_unusable_table_or_key_is_refused(string table, string key, string message)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        const string sql =
            "CREATE TABLE people(id int); INSERT INTO people VALUES (1); CREATE TABLE empty(id int); CREATE TABLE keyless(id int, x int); INSERT INTO keyless VALUES (NULL, 1)";

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.AddPostgreSqlAsync(database, sql, table, key)),
            StringComparison.Ordinal
        );
        await database.ExecuteAsync("SELECT * FROM people");
    }

    [Fact]
    public async Task Every_type_is_read_as_invariant_text_with_any_database_settings()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            $"""
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle = ''German''; ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database(), current_database()); END $$;
            CREATE TYPE mood AS ENUM ('happy'); CREATE DOMAIN amount AS numeric(12, 2);
            """
        );
        var source = await store.AddPostgreSqlAsync(
            database,
            """
            CREATE TABLE t(id uuid, a numeric(38, 3), b float8, c real, d bytea, e timestamptz, f timestamp, g date, h boolean, i mood, j amount, k jsonb, l char(5), m money, n text[], o bigint, q date);
            INSERT INTO t VALUES ('6F9619FF-8B86-D011-B42D-00C04FC964FF', 12345678901234567890123456789012345.678, 1e300, 1.1, '\x00ff', '2026-11-20 23:30:00.5-01', '2026-11-20 23:30', '2026-11-20',
                true, 'happy', 5, '{"a": 1}', 'ab', 1234.5, '{x,y}', 1234567890123456789, 'infinity')
            """,
            "public.t"
        );

        Assert.Equal(
            [
                "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                "12345678901234567890123456789012345.678",
                "1e+300",
                "1.1",
                "00FF",
                "2026-11-21 00:30:00.5+00",
                "2026-11-20 23:30:00",
                "2026-11-20",
                "true",
                "happy",
                "5.00",
                "{\"a\": 1}",
                "ab",
                "1234.50",
                "{x,y}",
                "1234567890123456789",
                "infinity",
            ],
            Assert.Single(await store.ReadAllAsync(source)).Values
        );
        Assert.Equal(
            "Text Number Number Number Text Moment Moment Date YesNo Text Number Text Text Number Text Text Text",
            string.Join(' ', source.Fields.Select(field => field.Type))
        );
    }

    [Fact]
    public async Task A_column_without_values_has_the_type_it_is_declared_with()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            "CREATE TABLE t(id int, a numeric, b boolean, c date, d timestamp, e text); INSERT INTO t VALUES (1)",
            "public.t"
        );

        Assert.Equal("WholeNumber Number YesNo Date Moment Text", string.Join(' ', source.Fields.Select(field => field.Type)));
    }

    [Fact]
    public async Task Rows_without_a_key_and_repeated_keys_are_counted_and_a_key_is_one_profile_the_first_of_its_members()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            "CREATE TABLE t(id text, name text); INSERT INTO t VALUES ('a', 'second'), (NULL, 'x'), ('', 'x'), (E' \\u00A0', 'x'), ('A', 'other'), ('a', 'first'), ('7', 'n'), ('7', 'n'), ('a ', 'padded'), ('a', NULL)",
            "public.t"
        );

        Assert.Equal(
            [("7", "n"), ("A", "other"), ("a", null), ("a ", "padded")],
            (await store.ReadAllAsync(source)).Select(profile => (profile.Key, profile.Values[1]))
        );
        Assert.Equal((4, 6), (source.RowCount, source.MalformedCount));
        Assert.Equal(4, await store.Reader.CountAsync(source, Everybody, Cancel));
        var named = new ConditionSegment(
            new ConditionGroup(GroupKind.All, [new Condition("name", Operator.IsNotEmpty, []), new Condition("id", Operator.Equal, ["a"])])
        );
        Assert.Equal(
            [("A", "other"), ("a", "first"), ("a ", "padded")],
            (await store.ReadAllAsync(source, named)).Select(profile => (profile.Key, profile.Values[1]))
        );
        Assert.Equal(
            [("7", "n"), ("A", "other")],
            (await store.Reader.PreviewAsync(source, Everybody, ["name"], 2, Cancel)).Select(profile => (profile.Key, profile.Values[0]))
        );
    }

    [Fact]
    public async Task A_collation_that_treats_letters_as_equal_changes_nothing()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            """
            CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
            CREATE TABLE t(id text COLLATE loose, name text COLLATE loose); INSERT INTO t VALUES ('a', 'Núria'), ('A', 'nuria'), ('á', 'x'), ('B', '');
            CREATE TABLE vip(k text COLLATE loose); INSERT INTO vip VALUES ('a'), ('Á'), ('A'), (NULL), ('b')
            """,
            "public.t"
        );

        Assert.Equal(["A", "B", "a", "á"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
        Assert.Equal(
            ["A", "a"],
            (await store.ReadAllAsync(source, new MembershipSegment("public.vip", ["k"]))).Select(profile => profile.Key)
        );
        Assert.Equal(
            1,
            await store.Reader.CountAsync(
                source,
                new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("name", Operator.Equal, ["NURIA"])])),
                Cancel
            )
        );
    }

    [Fact]
    public async Task Memberships_and_conditions_together_return_each_member_once()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            """"
            CREATE TABLE people(id int, email text, age int); INSERT INTO people VALUES (1, 'ax', 5), (10, 'CX', 7), (2, 'c', 6), (3, NULL, 3);
            CREATE SCHEMA crm; CREATE TABLE crm.vip(customer text, since int); INSERT INTO crm.vip VALUES ('10', 1), ('2', 1), ('2', 2), ('99', 1), (NULL, 1);
            CREATE VIEW crm."old ""vip""" AS SELECT 3 AS "the key"
            """",
            "public.people"
        );
        Segment[] segments =
        [
            .. new SegmentDefinition[]
            {
                new MembershipSegment("crm.vip", ["customer"]),
                new MembershipSegment("crm.\"old \"\"vip\"\"\"", ["the key"]),
                Is("email", Operator.Contains, "x"),
            }.Select(definition => new Segment
            {
                Name = "x",
                SourceId = source.Id,
                CreatedBy = "x",
                Definition = definition,
            }),
        ];

        Assert.Equal(4, await store.Reader.CountAsync(source, segments, Cancel));
        Assert.Equal(2, await store.Reader.CountAsync(source, segments[0].Definition, Cancel));
        Assert.Equal(0, await store.Reader.CountAsync(source, [], Cancel));
        Assert.Contains(
            "has no column gone in crm.vip",
            await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, new MembershipSegment("crm.vip", ["gone"]), Cancel)),
            StringComparison.Ordinal
        );
        Assert.Equal(["customer", "since"], (await store.Sources.TablesAsync(Administrator, source.Id, Cancel))["crm.vip"]);
    }

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("x'); DROP TABLE people; --")]
    [InlineData("\" OR \"\" = \"")]
    [InlineData("$1")]
    [InlineData("\\'; SELECT pg_sleep(60); --")]
    [InlineData("\0")]
    public async Task A_value_can_never_change_the_query(string hostile)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            "CREATE TABLE people(id text, name text); INSERT INTO people VALUES ('a', 'x'), ('b', 'y')",
            "public.people"
        );
        foreach (var @operator in new[] { Operator.Equal, Operator.Contains, Operator.StartsWith, Operator.InList })
        {
            var definition = new ConditionSegment(
                new ConditionGroup(GroupKind.Any, [new Condition("name", @operator, [hostile]), new Condition("id", Operator.Equal, ["b"])])
            );
            Assert.Equal("b", Assert.Single(await store.ReadAllAsync(source, definition)).Key);
        }
    }

    [Fact]
    public async Task A_view_that_writes_is_refused_and_writes_nothing()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        const string sql = """
            CREATE TABLE t(id int); INSERT INTO t VALUES (1); CREATE TABLE written(n int);
            CREATE FUNCTION write() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO written VALUES (1); RETURN 1; END $$;
            CREATE FUNCTION unlock() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SET TRANSACTION READ WRITE; INSERT INTO written VALUES (1); RETURN 1; END $$;
            CREATE VIEW v AS SELECT id, write() AS n FROM t; CREATE VIEW w AS SELECT id, unlock() AS n FROM t; CREATE SEQUENCE s; CREATE VIEW x AS SELECT nextval('s') AS id
            """;

        Assert.Contains(
            "cannot be read without changing data",
            await SourceStore.RefusalAsync(() => store.AddPostgreSqlAsync(database, sql, "public.v")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cannot be read: the server reports error 25001",
            await SourceStore.RefusalAsync(() => store.AddAsync(database.Draft(SourceKind.PostgreSql, "public.w"))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cannot be read without changing data",
            await SourceStore.RefusalAsync(() => store.AddAsync(database.Draft(SourceKind.PostgreSql, "public.x"))),
            StringComparison.Ordinal
        );
        await database.ExecuteAsync("DO $$ BEGIN ASSERT (SELECT count(*) FROM written) = 0; END $$");
    }

    [Fact]
    public async Task A_preview_reads_only_its_rows_and_a_count_can_be_canceled()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            "CREATE TABLE t AS SELECT 1 AS id; CREATE VIEW slow AS SELECT id FROM (SELECT i AS id FROM generate_series(1, 100000000) AS i) AS n WHERE pg_sleep(0.01) IS NOT NULL",
            "public.t"
        );
        source.Table = "public.slow";
        using var leaving = new CancellationTokenSource();
        var count = store.Reader.CountAsync(source, Everybody, leaving.Token);
        await Task.Delay(300, Cancel);
        Assert.False(count.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => count);

        await database.ExecuteAsync("CREATE TABLE many AS SELECT i AS id, repeat('x', 500) AS note FROM generate_series(1, 200000) AS i");
        source.Table = "public.many";
        Assert.Equal(
            ["1", "10", "100"],
            (await store.Reader.PreviewAsync(source, Everybody, [], 3, Cancel)).Select(profile => profile.Key)
        );
    }

    private static ConditionSegment Is(string field, Operator @operator, params string[] values) =>
        new(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)]));
}
