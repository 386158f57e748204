using System.Text.RegularExpressions;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

/// <summary>
/// PostgreSQL-compatible sources read from PostgreSQL, with everything refused that such a server lacks. No real Redshift or CockroachDB is
/// used.
/// </summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class PlainPostgreSqlTests
{
    private const string People =
        "CREATE TABLE people(id int, name text, active boolean, at timestamptz, amount numeric(9, 2), pin char(5), raw bytea, mark json); "
        + "INSERT INTO people VALUES (1, 'Núria', true, '2026-11-20 23:30:00-01', 1.50, 'ab', '\\x00ff', '{}'), (10, 'b', false, NULL, 2, NULL, NULL, NULL)";

    private static readonly Actor Administrator = SourceStore.Administrator;

    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SqlFlavour.Redshift)]
    [InlineData(SqlFlavour.CockroachDb)]
    [InlineData(SqlFlavour.Bare)]
    public async Task What_a_server_lacks_is_tried_before_the_transaction_and_nothing_is_refused_in_it(SqlFlavour flavour)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var server = PlainServer.Before(database, flavour);
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(People + "; CREATE SCHEMA crm; CREATE VIEW crm.vip AS SELECT 10 AS k");

        var tables = (await store.Sources.TestAsync(Administrator, server.Draft(database), Cancel)).Tables;
        var source = await store.AddAsync(server.Draft(database, "public.people"));

        Assert.Equal([new SourceTable("crm.vip", true), new SourceTable("public.people", false)], tables);
        Assert.Equal("10", Assert.Single(await store.ReadAllAsync(source, new MembershipSegment("crm.vip", ["k"]))).Key);
        Assert.Equal(
            ["1", "Núria", "true", "2026-11-21 00:30:00+00", "1.50", "ab", "00FF", "{}"],
            (await store.ReadAllAsync(source))[0].Values
        );
        Assert.All(
            server.Statements.GroupBy(sent => sent.Connection),
            connection =>
            {
                // What was refused belongs to the trials, which end with ROLLBACK.
                var read = connection.SkipWhile(sent => sent.Statement != "ROLLBACK").Skip(1).ToList();
                Assert.StartsWith("BEGIN", read[0].Statement, StringComparison.Ordinal);
                Assert.DoesNotContain(read, sent => sent.IsRefused);
            }
        );
    }

    [Fact]
    public async Task The_transaction_is_read_only_where_the_server_has_that()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var server = PlainServer.Before(database, SqlFlavour.Redshift);
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(People + "; CREATE SEQUENCE s; CREATE VIEW v AS SELECT nextval('s') AS id");

        Assert.Contains(
            "cannot be read without changing data",
            await SourceStore.RefusalAsync(() => store.AddAsync(server.Draft(database, "public.v"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_query_is_read_and_its_faults_are_told()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var server = PlainServer.Before(database, SqlFlavour.Redshift);
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(People);
        var draft = server.Draft(database);
        (draft.IsQuery, draft.Query) = (true, "SELECT id, active, at, amount FROM people WHERE name <> 'b' -- the end");

        var source = await store.AddAsync(draft);
        draft.Query = "SELECT id,\n nothing FROM people";

        Assert.Equal("WholeNumber YesNo Moment Number", string.Join(' ', source.Fields.Select(field => field.Type)));
        Assert.Equal(1, source.RowCount);
        Assert.Contains(
            "nothing",
            await SourceStore.RefusalAsync(() => store.Sources.TestAsync(Administrator, draft, Cancel)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Each_fault_has_its_own_message()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var server = PlainServer.Before(database, SqlFlavour.CockroachDb);
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:StatementTimeout"] = "00:00:01" });
        var role = "reader_" + Guid.NewGuid().ToString("N");
        await database.ExecuteAsync(
            $"{People}; CREATE VIEW slow AS SELECT id FROM people WHERE pg_sleep(30) IS NOT NULL; CREATE ROLE {role} LOGIN PASSWORD 'r'; GRANT INSERT ON people TO {role}"
        );
        try
        {
            Assert.Equal("Sources.SignInRefused", await CodeAsync(draft => draft.Password = "wrong"));
            Assert.Equal("Sources.NoDatabase", await CodeAsync(draft => draft.Database = "nowhere"));
            Assert.Equal("Sources.NoTable", await CodeAsync(draft => draft.Table = "public.gone"));
            var real = database.Draft(SourceKind.PostgreSql).Port;
            Assert.Equal("Sources.CertificateNotTrusted", await CodeAsync(draft => (draft.Tls, draft.Port) = (ServerTls.Verified, real)));
            Assert.Equal("Sources.NoPermission", await CodeAsync(draft => (draft.User, draft.Password) = (role, "r")));
            Assert.Equal("Sources.StatementTimedOut", await CodeAsync(draft => draft.Table = "public.slow"));
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }

        async Task<string> CodeAsync(Action<SourceDraft> change)
        {
            var draft = server.Draft(database, "public.people");
            change(draft);
            return (await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel)))
                .LocalizedMessage
                .Code;
        }
    }

    [Fact]
    public async Task A_server_that_cannot_compare_texts_exactly_is_refused()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var server = PlainServer.Before(database, new Regex("COLLATE|octet_length|\\|\\| '\\.'"));
        await using var store = await SourceStore.CreateAsync();

        Assert.Contains(
            "cannot compare texts exactly",
            await SourceStore.RefusalAsync(() => store.Sources.TestAsync(Administrator, server.Draft(database), Cancel)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_count_can_be_canceled()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var server = PlainServer.Before(database, SqlFlavour.Redshift);
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(People + "; CREATE VIEW slow AS SELECT id FROM people WHERE pg_sleep(60) IS NOT NULL");
        var source = await store.AddAsync(server.Draft(database, "public.people"));
        source.Table = "public.slow";
        using var leaving = new CancellationTokenSource();

        var count = store.Reader.CountAsync(source, Everybody, leaving.Token);
        await Task.Delay(300, Cancel);
        Assert.False(count.IsCompleted);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => count);
    }
}
