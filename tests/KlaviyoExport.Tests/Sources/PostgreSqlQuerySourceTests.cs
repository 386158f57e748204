using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

/// <summary>A source that is a query over a PostgreSQL server.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class PostgreSqlQuerySourceTests : IAsyncLifetime
{
    private const string Spent = """
        -- what they spent; by customer
        SELECT p.id, p.email, p.joined, p.born, count(o.*) AS orders, sum(o.amount) AS spent, p.vat
        FROM people AS p LEFT JOIN orders AS o ON o.person = p.id
        GROUP BY p.id ORDER BY spent DESC NULLS LAST;
        """;

    private ServerDatabase _database = null!;
    private SourceStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ServerDatabase.PostgreSqlAsync();
        _store = await SourceStore.CreateAsync(settings: new() { ["Sources:StatementTimeout"] = "00:00:05" });
        await _database.ExecuteAsync(
            """
            CREATE DOMAIN percent AS numeric;
            CREATE TABLE people(id bigint PRIMARY KEY, email text, joined date, born text, vat percent);
            CREATE TABLE orders(person bigint, amount numeric); CREATE TABLE vip(person bigint); CREATE SEQUENCE numbers;
            INSERT INTO people VALUES (1, 'a@x.example', '2025-12-31', '31/12/1990', 20), (2, 'b@x.example', '2026-02-01', '1/2/2000', 8.5),
                (3, 'c@x.example', NULL, NULL, NULL);
            INSERT INTO orders VALUES (1, 10.5), (1, 2), (2, 7); INSERT INTO vip VALUES (2)
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_query_is_tested_loaded_and_read_like_a_table()
    {
        var preview = await _store.Sources.TestAsync(SourceStore.Administrator, Draft(Spent), Cancel);
        var source = await _store.AddAsync(Draft(Spent));

        Assert.Equal(("id", 3), (Assert.Single(preview.LikelyKey), preview.Rows.Count));
        Assert.Contains(preview.Tables, table => table.Name == "public.orders");
        Assert.Equal(
            ["id WholeNumber", "email Text", "joined Date", "born Date", "orders WholeNumber", "spent Number", "vat Number"],
            source.Fields.Select(field => $"{field.Name} {field.Type}")
        );
        Assert.Equal((3, 0), (source.RowCount, source.MalformedCount));
        Assert.Equal(["1", "a@x.example", "2025-12-31", "31/12/1990", "2", "12.5", "20"], (await _store.ReadAllAsync(source))[0].Values);
    }

    [Theory]
    [InlineData("spent", Operator.Greater, "5", "1 2")]
    [InlineData("orders", Operator.Equal, "2", "1")]
    [InlineData("joined", Operator.Before, "2026-01-01", "1")]
    [InlineData("born", Operator.On, "2000-02-01", "2")]
    [InlineData("email", Operator.StartsWith, "C", "3")]
    public async Task Segments_narrow_and_test_the_rows_of_a_query(string field, Operator @operator, string value, string members)
    {
        var source = await _store.AddAsync(Draft(Spent));
        var definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, [value])]));

        Assert.Equal(members, string.Join(' ', (await _store.ReadAllAsync(source, definition)).Select(profile => profile.Key)));
        Assert.Equal(members.Split(' ').Length, await _store.Reader.CountAsync(source, definition, Cancel));
    }

    [Fact]
    public async Task A_membership_table_works_beside_a_query()
    {
        var source = await _store.AddAsync(Draft(Spent));

        Assert.Equal("2", Assert.Single(await _store.ReadAllAsync(source, new MembershipSegment("public.vip", ["person"]))).Key);
    }

    [Theory]
    [InlineData("SELECT nextval('numbers') AS id")]
    [InlineData("SELECT id FROM people FOR UPDATE")]
    [InlineData("WITH gone AS (DELETE FROM people RETURNING id) SELECT id FROM gone")]
    [InlineData("SELECT id INTO copy FROM people")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', false) AS id")]
    public async Task A_query_that_writes_is_refused_and_changes_nothing(string query)
    {
        var draft = Draft(query);

        await SourceStore.RefusalAsync(() => _store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));
        await SourceStore.RefusalAsync(() => _store.AddAsync(draft));
        Assert.Equal(3, (await _store.AddAsync(Draft("SELECT id FROM people"))).RowCount);
    }

    [Fact]
    public async Task What_the_server_permits_in_a_read_only_transaction_is_rolled_back()
    {
        await _database.ExecuteAsync("CREATE FUNCTION note() RETURNS oid LANGUAGE sql AS 'SELECT lo_create(0)'");
        try
        {
            await _store.AddAsync(Draft("SELECT note() AS id"));
        }
        catch (SourceException)
        {
            // Newer servers refuse it.
        }

        await _database.ExecuteAsync(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_largeobject_metadata) THEN RAISE EXCEPTION 'written'; END IF; END $$"
        );
    }

    [Theory]
    [InlineData("SELECT id\nFROM persons", "Line 2, character 6: relation \"persons\" does not exist")]
    [InlineData("SELECT id,\n  nick FROM people", "Line 2, character 3: column \"nick\" does not exist")]
    [InlineData("SELECT id FROM people WHERE", "syntax error")]
    [InlineData("SELECT id FROM people p, orders o WHERE amount = person AND id = x.id", "missing FROM-clause entry for table \"x\"")]
    [InlineData("SELECT id, count(*) FROM people", "must appear in the GROUP BY clause")]
    [InlineData("SELECT id, 1 FROM people", "Column 2 of the query has no name")]
    [InlineData("SELECT p.id, o.id FROM people p JOIN people o ON p.id = o.id", "Two columns of the query are named id")]
    public async Task A_wrong_query_is_explained_with_the_servers_words_and_position(string query, string explanation) =>
        Assert.Contains(
            explanation,
            await SourceStore.RefusalAsync(() => _store.Sources.TestAsync(SourceStore.Administrator, Draft(query), Cancel)),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Names_that_differ_in_case_are_two_columns()
    {
        var source = await _store.AddAsync(Draft("SELECT id, email, joined AS \"Email\" FROM people"));

        Assert.Equal(["1", "a@x.example", "2025-12-31"], (await _store.ReadAllAsync(source))[0].Values);
    }

    [Fact]
    public async Task Values_of_customers_are_not_repeated_in_an_error()
    {
        var refusal = await SourceStore.RefusalAsync(() => _store.AddAsync(Draft("SELECT id, CAST(email AS int) AS n FROM people")));

        Assert.Contains("22P02", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("x.example", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_ended()
    {
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:StatementTimeout"] = "00:00:01" });

        var refused = await Assert.ThrowsAsync<SourceException>(() => store.AddAsync(Draft("SELECT id, pg_sleep(2) FROM people")));

        Assert.Equal(SourceFaultKind.TimedOut, refused.Fault.Kind);
    }

    [Fact]
    public async Task A_column_that_is_gone_is_named()
    {
        var source = await _store.AddAsync(Draft("SELECT * FROM people"));
        await _database.ExecuteAsync("ALTER TABLE people DROP COLUMN born");
        var born = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("born", Operator.IsEmpty, [])]));

        Assert.Contains("born", await SourceStore.RefusalAsync(() => _store.ReadAllAsync(source, born)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_with_a_format_that_became_a_date_of_the_server_asks_for_a_reload()
    {
        var source = await _store.AddAsync(Draft("SELECT * FROM people"));
        await _database.ExecuteAsync("ALTER TABLE people ALTER COLUMN born TYPE date USING to_date(born, 'DD/MM/YYYY')");
        var born = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("born", Operator.On, ["2000-02-01"])]));

        Assert.Contains(
            "Reload the source",
            await SourceStore.RefusalAsync(() => _store.ReadAllAsync(source, born)),
            StringComparison.Ordinal
        );
        source = await _store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);
        Assert.Equal("2", Assert.Single(await _store.ReadAllAsync(source, born)).Key);
    }

    private SourceDraft Draft(string query)
    {
        var draft = _database.Draft(SourceKind.PostgreSql);
        (draft.Name, draft.IsQuery, draft.Query) = ($"Query {Guid.NewGuid()}", true, query);
        return draft;
    }
}
