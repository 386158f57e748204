using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Tests.Sources;

/// <summary>A source that is a query over a SQLite file.</summary>
public sealed class SqliteQuerySourceTests : IAsyncLifetime
{
    private const string Data = """
        CREATE TABLE people(id TEXT, email TEXT, joined TEXT, active BOOLEAN);
        CREATE TABLE orders(person TEXT, amount REAL);
        CREATE TABLE vip(person TEXT);
        INSERT INTO people VALUES ('1', 'a@x.example', '31/12/2025', 1), ('2', 'b@x.example', '01/02/2026', 0), ('3', 'c@x.example', NULL, 1);
        INSERT INTO orders VALUES ('1', 10.5), ('1', 2), ('2', 7);
        INSERT INTO vip VALUES ('2');
        """;

    private const string Spent = """
        SELECT p.id, p.email, p.joined, p.active, sum(o.amount) AS spent -- what they spent
        FROM people AS p LEFT JOIN orders AS o ON o.person = p.id
        GROUP BY p.id ORDER BY spent DESC; -- the end
        """;

    private SourceStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await SourceStore.CreateAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_query_is_tested_loaded_and_read_like_a_table()
    {
        var draft = Draft(Spent);

        var preview = await _store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel);
        var source = await _store.AddAsync(draft);

        Assert.Equal(["id", "email", "joined", "active", "spent"], preview.Fields.Select(field => field.Name));
        Assert.Equal(("id", 3), (Assert.Single(preview.LikelyKey), preview.Rows.Count));
        Assert.Equal(
            [FieldType.WholeNumber, FieldType.Text, FieldType.Date, FieldType.YesNo, FieldType.Number],
            source.Fields.Select(field => field.Type)
        );
        Assert.Equal((3, 0, null), (source.RowCount, source.MalformedCount, source.Table));
        Assert.Equal("12.5", (await _store.ReadAllAsync(source))[0].Values[4]);
    }

    [Fact]
    public async Task Segments_counts_and_membership_tables_work_over_a_query()
    {
        var source = await _store.AddAsync(Draft(Spent));
        var spenders = new ConditionSegment(
            new ConditionGroup(
                GroupKind.All,
                [new Condition("spent", Operator.Greater, ["5"]), new Condition("joined", Operator.Before, ["2026-01-01"])]
            )
        );

        Assert.Equal("1", Assert.Single(await _store.ReadAllAsync(source, spenders)).Key);
        Assert.Equal(1, await _store.Reader.CountAsync(source, spenders, Cancel));
        Assert.Equal("2", Assert.Single(await _store.ReadAllAsync(source, new MembershipSegment("vip", ["person"]))).Key);
        Assert.Contains("orders", (await _store.Sources.TablesAsync(SourceStore.Administrator, source.Id, Cancel)).Keys);
    }

    [Theory]
    [InlineData("WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 5) SELECT id FROM n", 5)]
    [InlineData("SELECT id FROM people UNION ALL SELECT person || '-' || rowid FROM orders", 6)]
    [InlineData("SELECT value AS id FROM json_each('[1, 2]')", 2)]
    public async Task Queries_may_use_what_reads(string query, int profiles) =>
        Assert.Equal(profiles, (await _store.AddAsync(Draft(query))).RowCount);

    [Theory]
    [InlineData("SELECT name AS id FROM pragma_database_list")]
    public async Task A_query_that_does_more_than_read_is_refused(string query) =>
        Assert.Contains("do more than read", await RefusalAsync(query), StringComparison.Ordinal);

    [Theory]
    [InlineData("SELECT id FROM (DELETE FROM people RETURNING id)")]
    [InlineData("WITH gone AS (DELETE FROM people RETURNING id) SELECT id FROM gone")]
    [InlineData("WITH a AS (SELECT 1) DELETE FROM people")]
    [InlineData("SELECT id INTO copy FROM people")]
    [InlineData("SELECT load_extension('x') AS id")]
    [InlineData("SELECT * FROM pragma_query_only(0)")]
    public async Task A_statement_that_writes_is_refused_and_changes_nothing(string query)
    {
        var refusal = await RefusalAsync(query);

        Assert.Matches("does not accept the query|do more than read", refusal);
        Assert.Equal(3, (await _store.AddAsync(Draft("SELECT id FROM people"))).RowCount);
    }

    [Theory]
    [InlineData("SELECT id FROM persons", "no such table: persons")]
    [InlineData("SELECT ident FROM people", "no such column: ident")]
    [InlineData("SELECT id FORM people", "syntax error")]
    [InlineData("SELECT id, email AS id FROM people", "Two columns of the query are named id")]
    [InlineData("SELECT id, email AS ID FROM people", "Two columns of the query are named ID")]
    public async Task A_wrong_query_is_explained_in_the_words_of_the_database(string query, string explanation)
    {
        Assert.Contains(explanation, await RefusalAsync(query), StringComparison.Ordinal);
        Assert.Contains(explanation, await SourceStore.RefusalAsync(() => _store.AddAsync(Draft(query))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_ended()
    {
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:StatementTimeout"] = "00:00:01" });
        var draft = new SourceDraft
        {
            Name = "Endless",
            Kind = SourceKind.Sqlite,
            Location = store.WriteDatabase("customers.db", Data),
            IsQuery = true,
            Query = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) AS id FROM n",
            KeyColumns = ["id"],
        };

        foreach (
            var act in new Func<Task>[]
            {
                () => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel),
                () => store.AddAsync(draft),
            }
        )
            Assert.Equal(SourceFaultKind.TimedOut, (await Assert.ThrowsAsync<SourceException>(act)).Fault.Kind);
    }

    [Fact]
    public async Task A_column_that_is_gone_is_named_when_the_query_is_read_again()
    {
        var source = await _store.AddAsync(Draft("SELECT * FROM people"));
        Change("ALTER TABLE people DROP COLUMN joined");
        var joined = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("joined", Operator.IsEmpty, [])]));

        Assert.Contains("joined", await SourceStore.RefusalAsync(() => _store.ReadAllAsync(source, joined)), StringComparison.Ordinal);
        source = await _store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);
        Assert.Equal(["id", "email", "active"], source.Fields.Select(field => field.Name));
        Change("ALTER TABLE people DROP COLUMN id");
        Assert.Contains(
            "id",
            await SourceStore.RefusalAsync(() => _store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_changed_query_is_checked_and_loaded_and_a_wrong_one_changes_nothing()
    {
        var source = await _store.AddAsync(Draft("SELECT * FROM people"));
        var draft = SourceDraft.Of(source);
        draft.Query = "SELECT * FROM people WHERE active = 1";
        source = await _store.AddAsync(draft);
        Assert.Equal(2, source.RowCount);

        draft = SourceDraft.Of(source);
        draft.Query = "SELECT * FROM nowhere";
        await SourceStore.RefusalAsync(() => _store.AddAsync(draft));
        Assert.Equal(
            "SELECT * FROM people WHERE active = 1",
            (await _store.Sources.GetAsync(SourceStore.Administrator, source.Id, Cancel)).Query
        );

        draft = SourceDraft.Of(source);
        (draft.IsQuery, draft.Table) = (false, "people");
        source = await _store.AddAsync(draft);
        Assert.Equal((null, "people", 3), (source.Query, source.Table, source.RowCount));
    }

    private SourceDraft Draft(string query) =>
        new()
        {
            Name = $"Query {Guid.NewGuid()}",
            Kind = SourceKind.Sqlite,
            Location = File.Exists(Path.Combine(_store.Root, "customers.db"))
                ? Path.Combine(_store.Root, "customers.db")
                : _store.WriteDatabase("customers.db", Data),
            IsQuery = true,
            Query = query,
            KeyColumns = ["id"],
        };

    private Task<string> RefusalAsync(string query) =>
        SourceStore.RefusalAsync(() => _store.Sources.TestAsync(SourceStore.Administrator, Draft(query), Cancel));

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_store.Root, "customers.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
