using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Tests.Sources;

public sealed class SqliteSourceTests
{
    private static readonly CancellationToken Token = CancellationToken.None;
    private static readonly Actor Administrator = SourceStore.Administrator;

    private const string Endless =
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n WHERE i < 0";

    [Fact]
    public async Task A_test_lists_tables_and_views_and_then_the_columns_of_the_one_picked()
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft
        {
            Kind = SourceKind.Sqlite,
            Location = store.WriteDatabase(
                "x.db",
                "CREATE TABLE b(customer_id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT); INSERT INTO b(email) VALUES ('a'), ('b'); CREATE VIEW a AS SELECT * FROM b"
            ),
        };

        var tables = await store.Sources.TestAsync(Administrator, draft, Token);
        draft.Table = "b";
        var columns = await store.Sources.TestAsync(Administrator, draft, Token);

        Assert.Equal([new SourceTable("a", true), new SourceTable("b", false)], tables.Tables);
        Assert.Equal(["customer_id", "email"], columns.Fields.Select(field => field.Name));
        Assert.Equal(["customer_id"], columns.LikelyKey);
        Assert.Equal(
            [
                ["1", "a"],
                ["2", "b"],
            ],
            columns.Rows
        );
        Assert.Empty(await store.Sources.ListAsync(Administrator, Token));
    }

    [Theory]
    [InlineData("people")]
    [InlineData("select")]
    [InlineData("p")]
    [InlineData("two words")]
    [InlineData("a\"; DROP TABLE people; --")]
    [InlineData("it's [odd] `x` %_?")]
    [InlineData("Купци 🏛")]
    [InlineData("")]
    public async Task Tables_and_columns_of_any_name_can_be_read(string name)
    {
        await using var store = await SourceStore.CreateAsync();
        var quoted = $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var database = $"CREATE TABLE {quoted}({quoted} TEXT, \"value \"\" x\" TEXT); INSERT INTO {quoted} VALUES ('k', 'v')";
        if (name.Length == 0)
        {
            Assert.Contains(
                "Choose the table",
                await SourceStore.RefusalAsync(() => store.AddDatabaseAsync(database, name, name)),
                StringComparison.Ordinal
            );
            return;
        }
        var source = await store.AddDatabaseAsync(database, name, name);
        var equal = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(name, Operator.Equal, ["K"])]));

        Assert.Equal(["k", "v"], Assert.Single(await store.ReadAllAsync(source, equal)).Values);
    }

    [Fact]
    public async Task Every_kind_of_value_is_read_as_invariant_text()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE t(id, a, b); INSERT INTO t VALUES (1, 2.5, x'00FF'), ('2', -3, NULL), (x'AB', 1e300, ' '), (2.0, '', 'č')",
            "t"
        );

        Assert.Equal(
            [("1", "2.5", "00FF"), ("2", "-3", null), ("2.0", null, "č"), ("AB", "1.0e+300", null)],
            (await store.ReadAllAsync(source)).Select(profile => (profile.Key, profile.Values[1], profile.Values[2]))
        );
    }

    [Fact]
    public async Task Rows_without_a_key_and_repeated_keys_are_counted_and_a_key_is_one_profile()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE t(id COLLATE NOCASE, name TEXT); INSERT INTO t VALUES ('a', 'second'), (NULL, 'x'), ('', 'x'), (' ', 'x'), ('A', 'other'), ('a', 'first'), (7, 'n'), ('7', 'n')",
            "t"
        );

        Assert.Equal(
            [("7", "n"), ("A", "other"), ("a", "first")],
            (await store.ReadAllAsync(source)).Select(profile => (profile.Key, profile.Values[1]))
        );
        Assert.Equal((3, 5), (source.RowCount, source.MalformedCount));
        Assert.Equal(
            ["3 rows have no key and are left out", "2 rows have a key that another row has; they count as one profile"],
            source.MalformedRows.Select(row => row.Reason.ToString())
        );
        Assert.Equal(3, await store.Reader.CountAsync(source, new ConditionSegment(new ConditionGroup(GroupKind.All, [])), Token));
    }

    [Theory]
    [InlineData("not a database at all, but long enough to be looked at as one", "is not a SQLite database")]
    [InlineData("", "has no table or view people")]
    public async Task A_file_that_is_not_a_database_is_refused(string content, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft
        {
            Name = "x",
            Kind = SourceKind.Sqlite,
            Location = store.Write("x.db", content),
            Table = "people",
            KeyColumns = ["id"],
        };

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.Sources.SaveAsync(Administrator, draft, Token)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("gone", "id", "has no table or view gone")]
    [InlineData("PEOPLE", "id", "has no table or view PEOPLE")]
    [InlineData("people", "gone", "has no column gone, which is the key column")]
    [InlineData("empty", "id", "has a header but no rows")]
    [InlineData("keyless", "id", "has no usable row")]
    [InlineData("sqlite_schema", "id", "has no column id")]
    public async Task An_unusable_table_or_key_is_refused(string table, string key, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        const string sql =
            "CREATE TABLE people(id); INSERT INTO people VALUES (1); CREATE TABLE empty(id); CREATE TABLE keyless(id, x); INSERT INTO keyless VALUES (NULL, 1)";

        Assert.Contains(message, await SourceStore.RefusalAsync(() => store.AddDatabaseAsync(sql, table, key)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_not_a_database()
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft { Kind = SourceKind.Sqlite, Location = store.Root };
        Assert.Contains(
            "is a folder",
            await SourceStore.RefusalAsync(() => store.Sources.TestAsync(Administrator, draft, Token)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_database_in_WAL_mode_is_read_with_its_log_while_its_owner_writes()
    {
        await using var store = await SourceStore.CreateAsync();
        var path = store.WriteDatabase(
            "customers.db",
            "PRAGMA journal_mode = WAL; CREATE TABLE people(id, name); INSERT INTO people VALUES (1, 'a')"
        );
        using var owner = new SqliteConnection($"Data Source={path};Pooling=False");
        owner.Open();
        using var write = owner.CreateCommand();
        write.CommandText = "INSERT INTO people VALUES (2, 'b')";
        write.ExecuteNonQuery();

        var source = await store.Sources.SaveAsync(
            Administrator,
            new SourceDraft
            {
                Name = "x",
                Kind = SourceKind.Sqlite,
                Location = path,
                Table = "people",
                KeyColumns = ["id"],
            },
            Token
        );
        write.CommandText = "INSERT INTO people VALUES (3, 'c')";
        write.ExecuteNonQuery();

        Assert.Equal(["1", "2", "3"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
    }

    [Fact]
    public async Task The_source_database_is_never_changed()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync("CREATE TABLE people(id); INSERT INTO people VALUES (1)", "people");
        var before = File.ReadAllBytes(source.Location);

        await store.ReadAllAsync(source);
        using var table = await store.Store.Get<ProfileTables>().OpenAsync(source, Token);
        using var command = table.Connection.CreateCommand();
        command.CommandText = "DELETE FROM people";

        Assert.Throws<SqliteException>(() => command.ExecuteNonQuery());
        Assert.Equal(before, File.ReadAllBytes(source.Location));
        Assert.Equal(["customers.db"], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_view_cannot_call_the_products_own_functions()
    {
        await using var store = await SourceStore.CreateAsync();
        const string sql = "CREATE TABLE t(id); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT profile_fold(id) AS id FROM t";

        Assert.Contains("cannot be read", await SourceStore.RefusalAsync(() => store.AddDatabaseAsync(sql, "v")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_dropped_since_the_load_is_named_and_not_read_as_a_text()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync("CREATE TABLE t(id, name, city); INSERT INTO t VALUES (1, 'a', 'b')", "t");
        store.WriteDatabase("customers.db", "ALTER TABLE t DROP COLUMN city");

        Assert.Contains("has no field city", await SourceStore.RefusalAsync(() => store.ReadAllAsync(source)), StringComparison.Ordinal);
        Assert.DoesNotContain((await store.Sources.LoadAsync(Administrator, source.Id, Token)).Fields, field => field.Name == "city");
    }

    [Fact]
    public async Task A_column_declared_as_boolean_is_one_although_it_stores_numbers()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE t(id, active BOOLEAN, n INTEGER); INSERT INTO t VALUES (1, 0, 0), (2, 1, 1)",
            "t"
        );

        Assert.Equal([FieldType.WholeNumber, FieldType.YesNo, FieldType.WholeNumber], source.Fields.Select(field => field.Type));
    }

    [Fact]
    public async Task Generated_columns_and_views_are_read_like_any_other()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE t(id, name, loud TEXT AS (upper(name))); INSERT INTO t VALUES (1, 'a'), (2, 'b'); CREATE VIEW v AS SELECT * FROM t WHERE id > 1",
            "v"
        );

        Assert.Equal(["2", "b", "B"], Assert.Single(await store.ReadAllAsync(source)).Values);
    }

    [Fact]
    public async Task A_statement_started_after_the_cancellation_stops_too()
    {
        await using var store = await SourceStore.CreateAsync();
        using var leaving = new CancellationTokenSource();
        using var file = SqliteFile.Open(store.WriteDatabase("x.db", Endless));
        using var interruption = file.InterruptBy(leaving.Token);
        await leaving.CancelAsync();

        using var command = file.Connection.CreateCommand();
        command.CommandText = "SELECT id FROM endless";
        var stopped = await Assert.ThrowsAsync<SqliteException>(() =>
            Task.Run(command.ExecuteScalar, Token).WaitAsync(TimeSpan.FromMinutes(1), Token)
        );
        Assert.Equal(9, stopped.SqliteErrorCode);
    }

    [Fact]
    public async Task Reading_an_endless_view_can_be_canceled()
    {
        await using var store = await SourceStore.CreateAsync();
        var path = store.WriteDatabase("x.db", Endless);
        using var leaving = new CancellationTokenSource();
        var test = store.Sources.TestAsync(
            Administrator,
            new SourceDraft
            {
                Kind = SourceKind.Sqlite,
                Location = path,
                Table = "endless",
            },
            leaving.Token
        );
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test);
    }

    [Fact]
    public async Task Reading_an_idle_database_in_WAL_mode_leaves_no_files()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "PRAGMA journal_mode = WAL; CREATE TABLE people(id); INSERT INTO people VALUES (1)",
            "people"
        );
        await store.ReadAllAsync(source);

        Assert.Equal(["customers.db"], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_read_disturbed_by_a_writer_is_refused()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "PRAGMA journal_mode = WAL; CREATE TABLE people(id); INSERT INTO people VALUES (1), (2)",
            "people"
        );
        var segment = new Segment
        {
            Name = "all",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
        };
        await using var reading = store.Reader.ReadAsync(source, [segment], [], Token).GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());

        store.WriteDatabase("customers.db", "INSERT INTO people VALUES (3); PRAGMA wal_checkpoint(TRUNCATE)");

        Assert.Contains(
            "was changed while it was being read",
            await SourceStore.RefusalAsync(async () =>
            {
                while (await reading.MoveNextAsync())
                    continue;
            }),
            StringComparison.Ordinal
        );
        Assert.Equal(3, (await store.ReadAllAsync(source)).Count);
    }
}
