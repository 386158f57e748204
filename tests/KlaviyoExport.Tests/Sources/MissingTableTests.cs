using System.Text.Json;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Tests.Sources.Odbc;

namespace KlaviyoExport.Tests.Sources;

/// <summary>What a look at a source, and a load, find out about the tables that its segments read.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class MissingTableTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Databases => ["SQLite", "PostgreSQL", "Compatible", "MySQL", "ODBC PostgreSQL", "ODBC MariaDB"];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_table_that_is_gone_is_told_alone_and_no_longer_when_it_is_back(string kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        await bench.AddSegmentAsync("vips", "id");
        await bench.AddSegmentAsync("guests", "id");

        var before = await bench.LookAsync();
        await bench.ExecuteAsync("ALTER TABLE vips RENAME TO friends");
        var gone = await bench.LookAsync();
        await bench.ExecuteAsync("ALTER TABLE friends RENAME TO vips");
        var back = await bench.LookAsync();

        Assert.Null(before.Drift);
        var loss = Assert.Single(gone.Drift!.Tables);
        Assert.Equal((bench.NameOf("vips"), null), (loss.Table, loss.Column));
        Assert.Contains(bench.NameOf("vips"), loss.Message.ToString(), StringComparison.Ordinal);
        Assert.Empty(gone.Drift.Changes);
        Assert.Null(gone.ColumnsFault);
        Assert.Null(back.Drift);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_column_of_a_table_that_is_gone_is_told_if_a_segment_reads_it(string kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        await bench.AddSegmentAsync("vips", "id");
        await bench.ExecuteAsync("ALTER TABLE vips RENAME COLUMN since TO joined");
        var unused = await bench.LookAsync();
        await bench.ExecuteAsync("ALTER TABLE vips RENAME COLUMN id TO person");

        var loss = Assert.Single((await bench.LookAsync()).Drift!.Tables);

        Assert.Null(unused.Drift);
        Assert.Equal((bench.NameOf("vips"), "id", "Sources.NoColumn"), (loss.Table, loss.Column, loss.Message.Code));
    }

    [Theory]
    [InlineData("REVOKE SELECT ON vips FROM", null)]
    [InlineData("REVOKE SELECT ON vips FROM {0}; GRANT SELECT (since) ON vips TO", "id")]
    public async Task A_table_that_the_user_may_no_longer_read_is_told(string revoke, string? column)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var user = "reader_" + Guid.NewGuid().ToString("N")[..8];
        await database.ExecuteAsync(
            $"{Bench.Tables} CREATE ROLE {user} LOGIN PASSWORD 'reader'; GRANT SELECT ON people, vips, guests TO {user};"
        );
        try
        {
            var draft = database.Draft(SourceKind.PostgreSql, "public.people");
            (draft.User, draft.Password) = (user, "reader");
            var source = await store.AddAsync(draft);
            await AddSegmentAsync(store, source, "public.vips", "id");
            await database.ExecuteAsync($"{revoke.Replace("{0}", user, StringComparison.Ordinal)} {user}");

            var loss = Assert.Single((await LookAsync(store, source)).Drift!.Tables);

            Assert.Equal(("public.vips", column), (loss.Table, loss.Column));
            Assert.Equal(column is null ? "Sources.NoPermission" : "Sources.NoColumn", loss.Message.Code);
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {user}; DROP ROLE {user}");
        }
    }

    [Fact]
    public async Task A_SQLite_view_of_something_that_is_gone_is_told()
    {
        await using var bench = await Bench.CreateAsync("SQLite");
        await bench.ExecuteAsync("CREATE VIEW chosen AS SELECT id FROM vips");
        await bench.AddSegmentAsync("chosen", "id");
        await bench.AddSegmentAsync("guests", "id");
        await bench.ExecuteAsync("DROP TABLE vips");

        Assert.Equal("chosen", Assert.Single((await bench.LookAsync()).Drift!.Tables).Table);
    }

    [Fact]
    public async Task A_missing_table_is_known_since_it_was_noticed_and_a_load_tells_it_too()
    {
        var clock = new TestClock();
        await using var bench = await Bench.CreateAsync("SQLite", clock);
        await bench.AddSegmentAsync("vips", "id");
        await bench.ExecuteAsync("DROP TABLE vips");
        var loaded = await bench.LoadAsync();
        clock.Advance(TimeSpan.FromHours(1));
        var looked = await bench.LookAsync();

        Assert.Equal(clock.GetUtcNow().AddHours(-1), Assert.Single(loaded.Drift!.Tables).Since);
        Assert.Equal(loaded.Drift.Tables[0], Assert.Single(looked.Drift!.Tables));
        await bench.ExecuteAsync("CREATE TABLE vips (id INT)");
        Assert.Null((await bench.LoadAsync()).Drift);
    }

    [Fact]
    public async Task A_table_that_no_segment_reads_any_more_is_not_told()
    {
        await using var bench = await Bench.CreateAsync("SQLite");
        var segment = await bench.AddSegmentAsync("vips", "id");
        await bench.ExecuteAsync("DROP TABLE vips");
        await bench.LookAsync();
        await bench.Store.Segments.RemoveAsync(SourceStore.Administrator, segment.Id, Cancel);

        Assert.Null((await bench.LookAsync()).Drift);
    }

    [Fact]
    public void What_an_earlier_version_has_stored_is_read()
    {
        var drift = JsonSerializer.Deserialize<SchemaDrift>(
            """{"Changes":[{"Kind":"Gone","Column":"city","Since":"2026-11-22T12:00:00+00:00","Before":0,"IsLoaded":true}]}"""
        )!;

        Assert.Equal(
            ("city", true, false, null),
            (drift.Changes[0].Column, drift.Changes[0].IsLoaded, drift.Changes[0].IsBack, drift.Changes[0].Was)
        );
        Assert.Empty(drift.Tables);
    }

    private static Task<Segment> AddSegmentAsync(SourceStore store, Source source, string table, string key) =>
        store.Segments.SaveAsync(
            SourceStore.Administrator,
            new SegmentDraft
            {
                Name = table,
                SourceId = source.Id,
                Definition = new MembershipSegment(table, [key]),
            },
            Cancel
        );

    private static Task<Source> LookAsync(SourceStore store, Source source) =>
        store.Store.Get<SourceColumns>().CheckAsync(SourceStore.Administrator, source.Id, Cancel);

    /// <summary>A source of people in a database with two more tables.</summary>
    private sealed class Bench(SourceStore store, ServerDatabase? database, OdbcDatabase? maria, string prefix) : IAsyncDisposable
    {
        public const string Tables = """
            CREATE TABLE people (id INT, email VARCHAR(50));
            INSERT INTO people VALUES (1, 'ana@x.example'), (2, 'ben@x.example');
            CREATE TABLE vips (id INT, since INT);
            CREATE TABLE guests (id INT);
            """;

        private Source _source = default!;

        public SourceStore Store => store;

        public static async Task<Bench> CreateAsync(string kind, TimeProvider? clock = null)
        {
            var database =
                kind is "MySQL" ? await ServerDatabase.MariaDbAsync()
                : kind is "PostgreSQL" or "Compatible" or "ODBC PostgreSQL" ? await ServerDatabase.PostgreSqlAsync()
                : null;
            var maria = kind is "ODBC MariaDB" ? await OdbcDatabase.MariaDbAsync() : null;
            var prefix =
                kind is "MySQL" ? database!.Name + "."
                : maria is not null || kind is "SQLite" ? ""
                : "public.";
            var bench = new Bench(await SourceStore.CreateAsync(clock), database, maria, prefix);
            foreach (var statement in Tables.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                await bench.ExecuteAsync(statement);
            var draft = kind switch
            {
                "PostgreSQL" => database!.Draft(SourceKind.PostgreSql, bench.NameOf("people")),
                "Compatible" => database!.Draft(SourceKind.PostgreSqlCompatible, bench.NameOf("people")),
                "MySQL" => database!.Draft(SourceKind.MySql, bench.NameOf("people")),
                "ODBC PostgreSQL" => OdbcDatabase.Draft(database!, bench.NameOf("people")),
                "ODBC MariaDB" => maria!.Draft(bench.NameOf("people")),
                _ => new SourceDraft
                {
                    Name = "SQLite",
                    Kind = SourceKind.Sqlite,
                    Location = Path.Combine(bench.Store.Root, "people.db"),
                    Table = "people",
                    KeyColumns = ["id"],
                },
            };
            bench._source = await bench.Store.AddAsync(draft);
            return bench;
        }

        public string NameOf(string table) => prefix + table;

        public async Task ExecuteAsync(string sql)
        {
            if (database is not null)
                await database.ExecuteAsync(sql);
            else if (maria is not null)
                await maria.ExecuteAsync(sql);
            else
                store.WriteDatabase("people.db", sql);
        }

        public Task<Segment> AddSegmentAsync(string table, string key) =>
            MissingTableTests.AddSegmentAsync(store, _source, NameOf(table), key);

        public Task<Source> LookAsync() => MissingTableTests.LookAsync(store, _source);

        public Task<Source> LoadAsync() => store.Sources.LoadAsync(SourceStore.Administrator, _source.Id, Cancel);

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            if (database is not null)
                await database.DisposeAsync();
            if (maria is not null)
                await maria.DisposeAsync();
        }
    }
}
