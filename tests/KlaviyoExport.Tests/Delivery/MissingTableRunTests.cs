using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A run stops when a table that one of its segments reads is missing, and only then.</summary>
public sealed class MissingTableRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_whose_segment_reads_a_missing_table_stops_and_names_both()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await AddAsync(bench);
        await UseAsync(bench, export => export.Segments, "Vips");
        await ExecuteAsync(bench, "DROP TABLE vips");

        var stopped = await bench.RunAsync();
        await ExecuteAsync(bench, "CREATE TABLE vips (id TEXT)");
        var delivered = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Segment), (stopped.State, stopped.OutcomeKind));
        Assert.Equal(
            "Nothing was sent, because a table of the source Customers that the run needs has changed. Customers has no table or view vips. "
                + "Choose another one. The segment Vips reads its members from this table. Correct the table, or change the segments.",
            stopped.Outcome!.ToString()
        );
        Assert.Equal((RunState.Successful, 3), (delivered.State, delivered.Ledger.Accepted));
        await using var db = await bench.Product.OpenAsync();
        // The column "phone" is new.
        Assert.Empty((await db.Set<Source>().SingleAsync(Cancel)).Drift!.Tables);
    }

    [Fact]
    public async Task A_run_stops_for_a_segment_that_it_leaves_out_and_for_one_that_is_referred_to()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await AddAsync(bench);
        await UseAsync(bench, export => export.ExcludedSegments, "Not vips");
        await ExecuteAsync(bench, "ALTER TABLE vips RENAME COLUMN id TO person");

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Segment), (run.State, run.OutcomeKind));
        Assert.Contains("no column id in vips", run.Outcome!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_goes_on_when_only_another_segment_reads_the_missing_table()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await AddAsync(bench);
        await ExecuteAsync(bench, "DROP TABLE vips");
        await bench.Product.Get<KlaviyoExport.Sources.Drift.SourceColumns>().CheckAsync(Product.Administrator, 1, Cancel);

        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
        // The run has not looked at the table, so what is known of it stays.
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal("vips", Assert.Single((await db.Set<Source>().SingleAsync(Cancel)).Drift!.Tables).Table);
    }

    /// <summary>Adds a table, a segment that reads it, and one that refers to this segment.</summary>
    private static async Task AddAsync(Workbench bench)
    {
        await ExecuteAsync(bench, "CREATE TABLE vips (id TEXT)");
        var vips = await SaveAsync("Vips", new MembershipSegment("vips", ["id"]));
        var refers = new SegmentCondition(vips.Id, IsMember: false);
        await SaveAsync("Not vips", new ConditionSegment(new ConditionGroup(GroupKind.All, [refers])));

        Task<Segment> SaveAsync(string name, SegmentDefinition definition) =>
            bench
                .Product.Get<SegmentService>()
                .SaveAsync(
                    Product.Administrator,
                    new SegmentDraft
                    {
                        Name = name,
                        SourceId = 1,
                        Definition = definition,
                    },
                    Cancel
                );
    }

    private static async Task UseAsync(Workbench bench, Func<Export, ICollection<Segment>> where, string segment)
    {
        await using var db = await bench.Product.OpenAsync();
        var export = await db.Set<Export>()
            .Include(export => export.Segments)
            .Include(export => export.ExcludedSegments)
            .SingleAsync(Cancel);
        where(export).Add(await db.Set<Segment>().SingleAsync(known => known.Name == segment, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task ExecuteAsync(Workbench bench, string sql)
    {
        await using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(bench.Product.Directory, "Customers.db")};Pooling=False"
        );
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
