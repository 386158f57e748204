using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>Reading through a driver, about which nothing is assumed but what it says.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class OdbcSourceTests
{
    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_are_read_by_the_types_of_the_driver_in_the_form_of_all_sources()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE types(id char(6), whole bigint, exact numeric, price numeric(10,2), ratio double precision, small real, active boolean,
                day date, moment timestamp, stamp timestamptz, bytes bytea, key uuid, document json, "we""ird; --" text);
            INSERT INTO types VALUES ('a', 9007199254740993, 12345678901234567890123456789012345678.5, 1.50, 0.1, 0.1, true, '2026-01-02',
                '2026-01-02 03:04:05.5', '2026-01-02 03:04:05+02', '\x00ff', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1}', 'žć ж');
            INSERT INTO types(id) VALUES ('b')
            """
        );

        var preview = await store.Sources.TestAsync(SourceStore.Administrator, OdbcDatabase.Draft(database, "public.types"), Cancel);

        Assert.Equal(
            [
                "a",
                "9007199254740993",
                "12345678901234567890123456789012345678.5",
                "1.50",
                "0.1",
                "0.1",
                "true",
                "2026-01-02",
                "2026-01-02 03:04:05.5",
                "2026-01-02 01:04:05",
                "00FF",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "{\"a\": 1}",
                "žć ж",
            ],
            preview.Rows[0]
        );
        Assert.Equal(["b", .. Enumerable.Repeat<string?>(null, 13)], preview.Rows[1]);
    }

    [Fact]
    public async Task A_value_that_the_framework_cannot_hold_does_not_stop_a_read()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE limits(id text, price numeric, seen timestamptz, born date);
            INSERT INTO limits VALUES ('a', 'NaN', 'infinity', 'infinity'), ('b', 1e100, '-infinity', '0044-03-15 BC'),
                ('c', 1.5, '2026-01-02', '2000-02-29')
            """
        );

        var source = await store.AddAsync(OdbcDatabase.Draft(database, "public.limits"));
        var all = await store.ReadAllAsync(source);

        Assert.Equal(3, source.RowCount);
        Assert.Equal(["a", "b", "c"], all.Select(profile => profile.Key));
        Assert.Equal([null, $"1{new string('0', 100)}", "1.5"], all.Select(profile => profile.Values[1]));
    }

    [Fact]
    public async Task Keys_that_a_collation_takes_for_equal_are_different_profiles_and_memberships()
    {
        await using var database = await OdbcDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE people(id varchar(10), name varchar(10)) COLLATE utf8mb4_general_ci");
        await database.ExecuteAsync("INSERT INTO people VALUES ('a', '3'), ('A', '1'), ('a', '2'), ('a ', '4'), ('á', '5'), (NULL, '6')");
        await database.ExecuteAsync("CREATE TABLE chosen(id varchar(10)) COLLATE utf8mb4_general_ci");
        await database.ExecuteAsync("INSERT INTO chosen VALUES ('A'), ('á'), ('A'), (NULL)");
        await database.ExecuteAsync("CREATE VIEW everybody AS SELECT * FROM people");
        var source = await store.AddAsync(database.Draft("people"));

        var all = await store.ReadAllAsync(source);
        var members = await store.ReadAllAsync(source, new MembershipSegment("chosen", ["id"]));

        Assert.Equal((4, 2), (source.RowCount, source.MalformedCount));
        Assert.Equal([("A", "1"), ("a", "2"), ("a ", "4"), ("á", "5")], all.Select(profile => (profile.Key, profile.Values[1])));
        Assert.Equal(["A", "á"], members.Select(profile => profile.Key));
        var tables = await store.Sources.TablesAsync(SourceStore.Administrator, source.Id, Cancel);
        Assert.Equal(["chosen: id", "everybody: id name", "people: id name"], tables.Select(Line).Order(StringComparer.Ordinal));

        static string Line(KeyValuePair<string, IReadOnlyList<string>> table) => $"{table.Key}: {string.Join(' ', table.Value)}";
    }

    [Fact]
    public async Task Nothing_can_be_written_through_a_query()
    {
        await using var postgres = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await postgres.ExecuteAsync(
            """
            CREATE TABLE written(id int);
            CREATE FUNCTION write() RETURNS int LANGUAGE sql AS 'INSERT INTO written VALUES (1) RETURNING id'
            """
        );
        await AssertRefusedAsync(OdbcDatabase.Draft(postgres), "SELECT write() AS id");
        if (!OdbcDatabase.HasMariaDb)
            return;
        await using var maria = await OdbcDatabase.MariaDbAsync();
        await maria.ExecuteAsync("CREATE TABLE written(id int)");
        await maria.ExecuteAsync(
            "CREATE FUNCTION writes() RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO written VALUES (1); RETURN 1; END"
        );
        await AssertRefusedAsync(maria.Draft(), "SELECT writes() AS id");

        async Task AssertRefusedAsync(SourceDraft draft, string query)
        {
            (draft.IsQuery, draft.Query) = (true, query);
            Assert.Equal(
                "Sources.QueryNotAllowed",
                (await Assert.ThrowsAnyAsync<SourceException>(() => store.AddAsync(draft))).LocalizedMessage.Code
            );
        }
    }

    [Fact]
    public async Task A_query_can_be_read_and_a_wrong_one_is_told_in_the_words_of_the_database()
    {
        await using var store = await SourceStore.CreateAsync();
        var file = store.WriteDatabase("a.db", "CREATE TABLE t(id int, n text); INSERT INTO t VALUES (1, 'x'), (1, 'y'), (2, 'z')");
        var draft = OdbcDatabase.Draft(file);
        (draft.IsQuery, draft.Query) = (true, "SELECT id, count(*) AS orders FROM t GROUP BY id ORDER BY id;");

        Assert.Equal(["1", "2"], (await store.ReadAllAsync(await store.AddAsync(draft))).Select(profile => profile.Key));
        Assert.Contains(
            "refuses to read gone",
            await SourceStore.RefusalAsync(() => store.AddAsync(OdbcDatabase.Draft(file, "gone"))),
            StringComparison.Ordinal
        );
        (draft.Id, draft.Name, draft.Query) = (null, "Wrong", "SELECT nothing FROM t");
        Assert.Contains("nothing", await SourceStore.RefusalAsync(() => store.AddAsync(draft)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_statement_ends_on_the_server_when_its_time_is_over_or_it_is_canceled(bool isCanceled)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync(
            settings: new() { ["Sources:StatementTimeout"] = isCanceled ? "00:01:00" : "00:00:01" }
        );
        await database.ExecuteAsync(
            "CREATE TABLE people(id int); INSERT INTO people VALUES (1), (2); CREATE VIEW slow AS SELECT id FROM people WHERE pg_sleep(60) IS NOT NULL"
        );
        var source = await store.AddAsync(OdbcDatabase.Draft(database, "public.people"));
        source.Table = "public.slow";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var counting = store.Reader.CountAsync(source, Everybody, stop.Token);
        if (isCanceled)
        {
            await Patience.UntilAsync(async () => await RunningAsync(database) == 1);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => counting);
        }
        else
        {
            var late = await Assert.ThrowsAnyAsync<SourceException>(() => counting);
            Assert.Equal(("Sources.StatementTimedOut", true), (late.LocalizedMessage.Code, late.Fault.IsTransient));
        }
        await Patience.UntilAsync(async () => await RunningAsync(database) == 0);
    }

    [Fact]
    public async Task MariaDB_ends_a_statement_whose_time_is_over()
    {
        await using var database = await OdbcDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:StatementTimeout"] = "00:00:01" });
        await database.ExecuteAsync("CREATE TABLE people(id int)");
        await database.ExecuteAsync("INSERT INTO people VALUES (1), (2)");
        await database.ExecuteAsync("CREATE VIEW slow AS SELECT id FROM people WHERE SLEEP(20) = 0");
        var source = await store.AddAsync(database.Draft("people"));
        source.Table = "slow";

        var late = await Assert.ThrowsAnyAsync<SourceException>(() => store.Reader.CountAsync(source, Everybody, Cancel));

        Assert.Equal("Sources.StatementTimedOut", late.LocalizedMessage.Code);
    }

    [Fact]
    public async Task A_connection_that_breaks_during_a_read_is_a_temporary_fault()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE people(id int); INSERT INTO people SELECT generate_series(1, 20000);
            CREATE VIEW slow AS SELECT id FROM people WHERE pg_sleep(0.005) IS NOT NULL
            """
        );
        var source = await store.AddAsync(OdbcDatabase.Draft(database, "public.people"));
        source.Table = "public.slow";

        var reading = store.ReadAllAsync(source);
        await Patience.UntilAsync(async () => await RunningAsync(database) == 1);
        await database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        );

        var gone = await Assert.ThrowsAnyAsync<SourceException>(() => reading);
        Assert.True(gone.LocalizedMessage.Code == "Sources.ServerGone", gone.LocalizedMessage.Code + gone.Message);
        Assert.True(gone.Fault.IsTransient);
    }

    private static async Task<long> RunningAsync(ServerDatabase database)
    {
        await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'";
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
