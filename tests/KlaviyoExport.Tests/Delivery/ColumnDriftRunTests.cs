using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Tests.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A run stops when it needs a column that has changed, and only then.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class ColumnDriftRunTests
{
    private const string People = """
        CREATE TABLE people (id INT, email TEXT, city TEXT, born DATE, points INT, note TEXT);
        INSERT INTO people VALUES (1, 'ana@shop.example', 'Niš', '1990-12-31', 5, 'x'), (2, 'ben@shop.example', 'Bar', '2001-02-13', 7, 'y');
        """;

    private static readonly Condition BornBefore2000 = new("born", Operator.Before, ["2000-01-01"]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SourceKind> Databases => [SourceKind.PostgreSql, SourceKind.Sqlite];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_run_without_a_column_that_is_sent_stops_and_names_both(SourceKind kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        await bench.ExecuteAsync("ALTER TABLE people RENAME COLUMN city TO town");

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Source), (run.State, run.OutcomeKind));
        Assert.Equal(
            "Nothing was sent, because columns of the source People that the run needs have changed. The column “city” no longer exists; "
                + "perhaps it was renamed to “town”. It is used for the attribute location.city. Correct the source, or use other columns.",
            run.Outcome!.ToString()
        );
        Assert.Empty(bench.Sent());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_run_without_a_column_of_its_segment_stops_and_names_the_segment(SourceKind kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        await bench.ExecuteAsync("ALTER TABLE people DROP COLUMN born");

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Segment), (run.State, run.OutcomeKind));
        Assert.Contains(
            "The column “born” no longer exists. A condition of the segment Born uses it (“born” is before …)",
            run.Outcome!.ToString(),
            StringComparison.Ordinal
        );
        Assert.Empty(bench.Sent());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_run_goes_on_without_a_column_that_only_another_segment_uses(SourceKind kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        await bench.AddSegmentAsync("Other", new Condition("points", Operator.Greater, ["1"]));
        await bench.ExecuteAsync("ALTER TABLE people DROP COLUMN points; ALTER TABLE people DROP COLUMN note");

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 1), (run.State, run.Ledger.Accepted));
        Assert.Equal(["ana@shop.example"], bench.Sent());
    }

    [Theory]
    [InlineData("ALTER COLUMN points TYPE BIGINT, ALTER COLUMN city TYPE VARCHAR(50), ALTER COLUMN born TYPE TIMESTAMP")]
    [InlineData("ALTER COLUMN born TYPE TEXT")] // As 1990-12-31.
    [InlineData("ALTER COLUMN city TYPE INT USING 5")] // It is sent as a number.
    public async Task A_run_goes_on_when_a_new_type_leaves_the_meaning(string change)
    {
        await using var bench = await Bench.CreateAsync(SourceKind.PostgreSql);
        await bench.ExecuteAsync("ALTER TABLE people " + change);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 1), (run.State, run.Ledger.Accepted));
    }

    [Theory]
    [InlineData(Operator.Before)]
    [InlineData(Operator.NotEqual)] // Text can be compared so, too, with another result.
    public async Task A_run_stops_when_dates_have_become_texts_that_are_none(Operator comparison)
    {
        await using var bench = await Bench.CreateAsync(SourceKind.PostgreSql, new Condition("born", comparison, ["2000-01-01"]));
        await bench.ExecuteAsync("ALTER TABLE people ALTER COLUMN born TYPE TEXT USING to_char(born, 'Mon DD')");

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Segment), (run.State, run.OutcomeKind));
        Assert.Contains("“born” changed from date to text", run.Outcome!.ToString(), StringComparison.Ordinal);
        Assert.Empty(bench.Sent());
    }

    [Fact]
    public async Task A_run_stops_without_the_key_and_goes_on_when_the_column_is_back()
    {
        await using var bench = await Bench.CreateAsync(SourceKind.PostgreSql);
        await bench.ExecuteAsync("ALTER TABLE people RENAME COLUMN id TO customer");
        var stopped = await bench.RunAsync();
        await bench.ExecuteAsync("ALTER TABLE people RENAME COLUMN customer TO id");
        var delivered = await bench.RunAsync();

        Assert.Equal(RunState.FailedPermanent, stopped.State);
        Assert.Contains("“id” no longer exists", stopped.Outcome!.ToString(), StringComparison.Ordinal);
        Assert.Contains("the key of the source", stopped.Outcome.ToString(), StringComparison.Ordinal);
        Assert.Equal(RunState.Successful, delivered.State);
        Assert.Null((await bench.SourceAsync()).Drift);
    }

    [Fact]
    public async Task A_run_goes_on_with_a_loaded_file_whose_columns_have_changed_until_it_is_loaded_again()
    {
        await using var bench = await Bench.CreateAsync(SourceKind.Csv);
        await bench.WriteAsync("id,email,town,born,points,note", "1,ana@shop.example,Niš,1990-12-31,5,x");
        await bench.LookAsync();

        var before = await bench.RunAsync();
        await bench.LoadAsync();
        var after = await bench.RunAsync();

        Assert.Equal(RunState.Successful, before.State);
        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Source), (after.State, after.OutcomeKind));
        Assert.Contains("“city” no longer exists; perhaps it was renamed to “town”", after.Outcome!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_run_goes_on_when_columns_are_back_that_a_load_has_lost(SourceKind kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        await bench.ExecuteAsync("ALTER TABLE people RENAME COLUMN born TO b; ALTER TABLE people RENAME COLUMN city TO c");
        await bench.LoadAsync();
        var stopped = await bench.RunAsync();
        await bench.ExecuteAsync("ALTER TABLE people RENAME COLUMN b TO born; ALTER TABLE people RENAME COLUMN c TO city");

        var delivered = await bench.RunAsync();

        Assert.Equal(RunState.FailedPermanent, stopped.State);
        Assert.Equal((RunState.Successful, 1), (delivered.State, delivered.Ledger.Accepted));
        Assert.Equal(["ana@shop.example"], bench.Sent());
        Assert.Contains((await bench.SourceAsync()).Fields, field => field is { Name: "born", Type: FieldType.Date });
    }

    [Fact]
    public async Task A_run_says_that_a_column_of_a_file_is_back_but_not_loaded()
    {
        await using var bench = await Bench.CreateAsync(SourceKind.Csv);
        await bench.WriteAsync("id,email,born", "1,ana@shop.example,1990-12-31");
        await bench.LoadAsync();
        await bench.WriteAsync("id,email,city,born", "1,ana@shop.example,Niš,1990-12-31");
        await bench.LookAsync();

        var stopped = await bench.RunAsync();
        await bench.LoadAsync();
        var delivered = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Source), (stopped.State, stopped.OutcomeKind));
        Assert.Contains(
            "“city” exists again, but the source was loaded without it. Load the source again.",
            stopped.Outcome!.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal((RunState.Successful, 1), (delivered.State, delivered.Ledger.Accepted));
    }

    [Fact]
    public async Task A_run_goes_on_with_a_loaded_file_that_lost_a_column_nobody_uses()
    {
        await using var bench = await Bench.CreateAsync(SourceKind.Csv);
        await bench.WriteAsync("id,email,city,born", "1,ana@shop.example,Niš,1990-12-31");
        await bench.LoadAsync();

        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
    }

    [Theory]
    [InlineData(SourceKind.PostgreSql)]
    [InlineData(SourceKind.Sqlite)]
    [InlineData(SourceKind.Csv)]
    public async Task With_the_new_names_in_place_of_the_old_ones_the_run_delivers_again(SourceKind kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        if (kind == SourceKind.Csv)
            await bench.WriteAsync("ident,mail,city,birthday,points,note", "1,ana@shop.example,Niš,1990-12-31,5,x");
        else
            await bench.ExecuteAsync(
                "ALTER TABLE people RENAME COLUMN id TO ident; ALTER TABLE people RENAME COLUMN email TO mail; "
                    + "ALTER TABLE people RENAME COLUMN born TO birthday"
            );
        await bench.LookAsync();
        var rename = bench.Product.Get<ColumnRename>();
        var source = await bench.SourceAsync();
        foreach (var (from, to) in new[] { ("id", "ident"), ("email", "mail"), ("born", "birthday") })
            await rename.ApplyAsync(Product.Administrator, source.Id, from, to, Cancel);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 1), (run.State, run.Ledger.Accepted));
        Assert.Equal(["ana@shop.example"], bench.Sent());
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal("mail", (await db.Set<Export>().SingleAsync(Cancel)).EmailField);
        Assert.Equal(
            3,
            await db.Set<KlaviyoExport.People.AuditEntry>().CountAsync(entry => entry.Action == "Sources.ColumnRenamed", Cancel)
        );
    }

    [Fact]
    public async Task A_column_that_still_exists_is_not_replaced()
    {
        await using var bench = await Bench.CreateAsync(SourceKind.Sqlite);
        var source = await bench.SourceAsync();

        await Assert.ThrowsAsync<LocalizedException>(() =>
            bench.Product.Get<ColumnRename>().ApplyAsync(Product.Administrator, source.Id, "city", "note", Cancel)
        );
    }

    /// <summary>An export of the people born before 2000, with their city.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly ServerDatabase? _database;
        private int _exportId;

        private Bench(Product product, ServerDatabase? database) => (Product, _database) = (product, database);

        public Product Product { get; }

        private string File => Path.Combine(Product.Directory, "people.db");

        private string Csv => Path.Combine(Product.Directory, "people.csv");

        public static async Task<Bench> CreateAsync(SourceKind kind, Condition? condition = null)
        {
            var database = kind == SourceKind.PostgreSql ? await ServerDatabase.PostgreSqlAsync() : null;
            var bench = new Bench(await Product.CreateAsync(), database);
            if (kind == SourceKind.Csv)
                await bench.WriteAsync(
                    "id,email,city,born,points,note",
                    "1,ana@shop.example,Niš,1990-12-31,5,x",
                    "2,ben@shop.example,Bar,2001-02-13,7,y"
                );
            else
                await bench.ExecuteAsync(People);
            var draft =
                database?.Draft(kind, "public.people")
                ?? new SourceDraft
                {
                    Kind = kind,
                    Location = kind == SourceKind.Csv ? bench.Csv : bench.File,
                    Table = kind == SourceKind.Csv ? null : "people",
                    KeyColumns = ["id"],
                };
            draft.Name = "People";
            var source = await bench.Product.Get<SourceService>().SaveAsync(Product.Administrator, draft, Cancel);
            var segment = await bench.AddSegmentAsync("Born", condition ?? BornBefore2000);
            bench._exportId = await bench.Product.AddExportAsync("People", await bench.Product.AddConnectionAsync(), (source, segment));
            await using var db = await bench.Product.OpenAsync();
            (await db.Set<Export>().SingleAsync(Cancel)).Fields = [new("city", "location.city")];
            await db.SaveChangesAsync(Cancel);
            return bench;
        }

        public async Task<Segment> AddSegmentAsync(string name, Condition condition) =>
            await Product
                .Get<SegmentService>()
                .SaveAsync(
                    Product.Administrator,
                    new SegmentDraft
                    {
                        Name = name,
                        SourceId = (await SourceAsync()).Id,
                        Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [condition])),
                    },
                    Cancel
                );

        public async Task ExecuteAsync(string sql)
        {
            if (_database is not null)
            {
                await _database.ExecuteAsync(sql);
                return;
            }
            await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
            await connection.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
            command.CommandText = sql;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(Cancel);
        }

        public Task WriteAsync(params string[] lines) => System.IO.File.WriteAllLinesAsync(Csv, lines, Cancel);

        public async Task<Source> SourceAsync()
        {
            await using var db = await Product.OpenAsync();
            return await db.Set<Source>().SingleAsync(Cancel);
        }

        public async Task LookAsync() =>
            await Product.Get<SourceColumns>().CheckAsync(Product.Administrator, (await SourceAsync()).Id, Cancel);

        public async Task LoadAsync() =>
            await Product.Get<SourceService>().LoadAsync(Product.Administrator, (await SourceAsync()).Id, Cancel);

        public Task<Run> RunAsync() => Product.RunAsync(_exportId);

        public IEnumerable<string> Sent() =>
            Product
                .Sandbox.State.Members(KlaviyoExport.Sandbox.Accounts.PracticeStore.Newsletter)
                .Select(member => member.Email!)
                .Where(email => email.EndsWith("@shop.example", StringComparison.Ordinal));

        public async ValueTask DisposeAsync()
        {
            await Product.DisposeAsync();
            if (_database is not null)
                await _database.DisposeAsync();
        }
    }
}
