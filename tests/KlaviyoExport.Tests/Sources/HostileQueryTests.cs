using System.Globalization;
using KlaviyoExport.Sources;
using MySqlConnector;
using Npgsql;

namespace KlaviyoExport.Tests.Sources;

/// <summary>The query of a source reads tables. It cannot write, read files of the server, or reach other servers.</summary>
public sealed class HostileQueryTests
{
    private static readonly string[] Everywhere =
    [
        "SELECT id FROM people; DROP TABLE people",
        "SELECT id FROM people;\nDELETE FROM people",
        "SELECT id FROM people) AS p; DELETE FROM people; --",
        "SELECT id FROM people) AS p, (SELECT 1 AS x",
        "SELECT id FROM people /*",
        "SELECT id FROM people WHERE name = '",
        "SELECT id FROM people --\n; DELETE FROM people",
        "DELETE FROM people",
        "UPDATE people SET name = 'x'",
        "INSERT INTO people VALUES (9, 'x')",
        "DROP TABLE people",
        "TRUNCATE people",
        "WITH gone AS (DELETE FROM people RETURNING id) SELECT id FROM gone",
        "WITH a AS (SELECT 1 AS id) DELETE FROM people",
        "WITH a AS (SELECT 1 AS id) INSERT INTO people SELECT 9, 'x' FROM a",
        "SELECT id INTO copy FROM people",
        "CALL empty()",
        "EXECUTE empty",
        "SET ROLE admin",
        "BEGIN",
        "COMMIT",
    ];

    public static TheoryData<string> OfSqlite =>
        [
            .. Everywhere,
            "ATTACH DATABASE '/tmp/x.db' AS x",
            "PRAGMA query_only = OFF",
            "PRAGMA writable_schema = ON",
            "VACUUM INTO '/tmp/x.db'",
            "SELECT file AS id FROM pragma_database_list",
            "SELECT * FROM pragma_query_only(0)",
            "SELECT * FROM pragma_writable_schema",
            "SELECT * FROM pragma_journal_mode('delete')",
            "SELECT load_extension('/tmp/evil.so') AS id",
            "SELECT LOAD_EXTENSION('/tmp/evil.so', 'main') AS id",
            "SELECT \"load_extension\"('/tmp/evil.so') AS id",
            "SELECT readfile('/etc/passwd') AS id",
            "SELECT writefile('/tmp/x', 'x') AS id",
            "SELECT edit('x', 'sh') AS id",
            "SELECT fts3_tokenizer('simple', x'4141414141414141') AS id",
            "SELECT * FROM fsdir('/')",
            "SELECT * FROM csv('/etc/passwd')",
        ];

    public static TheoryData<string> OfPostgreSql =>
        [
            .. Everywhere,
            "COPY people TO '/tmp/x'",
            "COPY people TO PROGRAM 'id'",
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "TABLE people",
            "DO $$ BEGIN DELETE FROM people; END $$",
            "SELECT pg_read_file('/etc/passwd') AS id",
            "SELECT PG_READ_FILE/**/('/etc/passwd') AS id",
            "SELECT pg_catalog.\"pg_read_file\"('/etc/passwd') AS id",
            "SELECT U&\"\\0070g_read_file\"('/etc/passwd') AS id",
            "SELECT u&\"!0070g_read_file\" UESCAPE '!' ('/etc/passwd') AS id",
            "SELECT pg_read_binary_file('/etc/passwd') AS id",
            "SELECT pg_ls_dir('/etc') AS id",
            "SELECT * FROM pg_stat_file('/etc/passwd')",
            "SELECT lo_import('/etc/passwd') AS id",
            "SELECT lo_export(1, '/tmp/x') AS id",
            "SELECT lo_from_bytea(0, 'x') AS id",
            "SELECT lo_unlink(1) AS id",
            "SELECT id FROM dblink('host=169.254.169.254', 'SELECT 1') AS t(id int)",
            "SELECT query_to_xml('SELECT pg_read_' || 'file(''/etc/passwd'')', true, true, '') AS id",
            "SELECT pg_terminate_backend(1) AS id",
            "SELECT pg_reload_conf() AS id",
            "SELECT pg_logical_emit_message(false, 'x', 'x') AS id",
            "SELECT set_config('transaction_read_only', 'off', false) AS id",
            "SELECT id FROM people FOR UPDATE",
            "SELECT nextval('numbers') AS id",
        ];

    public static TheoryData<string> OfMariaDb =>
        [
            .. Everywhere,
            "SELECT id FROM people INTO OUTFILE '/tmp/x'",
            "SELECT id FROM people INTO\n/**/DUMPFILE '/tmp/x'",
            "SELECT id FROM people /*! INTO OUTFILE '/tmp/x' */",
            "SELECT id FROM people /*M! INTO OUTFILE '/tmp/x' */",
            "SELECT id INTO @a FROM people",
            "SELECT LOAD_FILE('/etc/passwd') AS id",
            "SELECT load_file/**/('/etc/passwd') AS id",
            "SELECT `load_file`('/etc/passwd') AS id",
            "SELECT sys_exec('id') AS id",
            "LOAD DATA INFILE '/etc/passwd' INTO TABLE people",
            "HANDLER people OPEN",
            "SELECT id FROM people FOR UPDATE",
            "SELECT id FROM people LOCK IN SHARE MODE",
            "SELECT GET_LOCK('x', 100) AS id",
            "SELECT id FROM people PROCEDURE ANALYSE()",
        ];

    public static TheoryData<SourceKind, string> OfOthers =>
        new()
        {
            { SourceKind.SqlServer, "SELECT * FROM OPENROWSET(BULK '/etc/passwd', SINGLE_CLOB) AS id" },
            { SourceKind.SqlServer, "SELECT id FROM OPENQUERY(other, 'SELECT 1')" },
            { SourceKind.SqlServer, "SELECT id FROM OPENDATASOURCE('MSOLEDBSQL', 'Server=169.254.169.254').a.b.c" },
            { SourceKind.PostgreSqlCompatible, "SELECT pg_read_file('/etc/passwd') AS id" },
            { SourceKind.Odbc, "SELECT pg_read_file('/etc/passwd') AS id" },
            { SourceKind.Odbc, "SELECT LOAD_FILE('/etc/passwd') AS id" },
            { SourceKind.Odbc, "SELECT load_extension('/tmp/evil.so') AS id" },
            { SourceKind.Odbc, "SELECT writefile('/tmp/x', 'x') AS id" },
            { SourceKind.Odbc, "SELECT UTL_HTTP.REQUEST('http://169.254.169.254/') AS id FROM dual" },
            { SourceKind.Odbc, "SELECT * FROM OPENROWSET(BULK '/etc/passwd', SINGLE_CLOB) AS id" },
        };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(OfSqlite))]
    public async Task A_hostile_query_of_a_SQLite_file_is_refused_and_changes_nothing(string query)
    {
        await using var store = await SourceStore.CreateAsync();
        var path = store.WriteDatabase("people.db", "CREATE TABLE people(id, name); INSERT INTO people VALUES (1, 'a'), (2, 'b')");
        var before = await File.ReadAllBytesAsync(path, Cancel);
        var draft = new SourceDraft { Kind = SourceKind.Sqlite, Location = path };

        await IsRefusedAsync(store, draft, query);

        Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
        Assert.Equal(["people.db"], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Server)]
    public async Task A_hostile_query_of_PostgreSQL_is_refused_and_changes_nothing()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            "CREATE TABLE people(id int, name text); INSERT INTO people VALUES (1, 'a'), (2, 'b'); CREATE SEQUENCE numbers"
        );
        foreach (var query in OfPostgreSql)
            await IsRefusedAsync(store, database.Draft(SourceKind.PostgreSql), query.Data);

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT string_agg(id || name, '' ORDER BY id) FROM people) || (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')"
                + " || (SELECT count(*) FROM pg_largeobject_metadata) || (SELECT is_called FROM numbers)",
            connection
        );
        Assert.Equal("1a2b10false", await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Server)]
    public async Task A_hostile_query_of_MariaDB_is_refused_and_changes_nothing()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE people(id int, name text); INSERT INTO people VALUES (1, 'a'), (2, 'b')");
        foreach (var query in OfMariaDb)
            await IsRefusedAsync(store, database.Draft(SourceKind.MySql), query.Data);

        await using var connection = new MySqlConnection(database.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new MySqlCommand(
            "SELECT CONCAT((SELECT GROUP_CONCAT(id, name ORDER BY id SEPARATOR '') FROM people),"
                + " (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()))",
            connection
        );
        Assert.Equal("1a2b1", Convert.ToString(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(OfOthers))]
    public void A_query_that_reaches_further_than_the_tables_is_refused_before_it_is_sent(SourceKind kind, string query) =>
        Assert.Equal("Sources.QueryNotAllowed", Assert.Throws<SourceException>(() => SourceQuery.Of(query, kind)).LocalizedMessage.Code);

    [Theory]
    [InlineData(SourceKind.PostgreSql, "SELECT id, log_date, pg_size_pretty(1::bigint) AS size, xmlelement(name x) AS x FROM people")]
    [InlineData(SourceKind.MySql, "SELECT id, load_files, sys_date FROM people")]
    [InlineData(SourceKind.SqlServer, "SELECT id, openrow FROM people")]
    [InlineData(SourceKind.Odbc, "SELECT id, edit, p.read_count, UTL_ID, dbms FROM read_model.people p")]
    public void Columns_with_similar_names_can_be_read(SourceKind kind, string query) => Assert.Equal(query, SourceQuery.Of(query, kind));

    private static async Task IsRefusedAsync(SourceStore store, SourceDraft draft, string query)
    {
        (draft.Name, draft.IsQuery, draft.Query, draft.KeyColumns) = ("Query", true, query, ["id"]);
        foreach (
            var act in new Func<Task>[]
            {
                () => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel),
                () => store.AddAsync(draft),
            }
        )
        {
            var refused = await Record.ExceptionAsync(act);
            Assert.True(refused is LocalizedException, $"{query}: {refused}");
        }
    }
}
