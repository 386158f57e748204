using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

public class RunChangesTests
{
    private static readonly LocalizedMessage Something = new("People.Yes");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_compared_with_the_ledger_of_the_run_before_and_the_edits_since()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(2), new("x", null, "X")]);
        var first = await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(4));
        await EditAsync(bench, draft => draft with { ListId = PracticeStore.WinBack, Fields = [] });
        var second = await bench.RunAsync();

        var changes = (await ChangesAsync(bench, second.Id))!;

        Assert.Null(await ChangesAsync(bench, first.Id));
        Assert.Equal((first.Id, 3, 2, 1), (changes.AgainstRunId, changes.Before.Members, changes.Before.Accepted, changes.Before.LeftOut));
        Assert.Equal(first.FinishedAt - first.StartedAt, changes.SpeedBefore.Duration);
        Assert.Equal(PracticeStore.Newsletter, changes.ListBefore);
        var edit = Assert.Single(changes.Edits);
        Assert.Equal((EditedPart.Export, bench.ExportId, "Carla"), (edit.Part, edit.SubjectId, edit.By));
        Assert.Contains("Mapped fields: − name (first_name)", edit.Detail!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_segment_is_named_also_when_a_segment_of_the_export_only_refers_to_it()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(4));
        var segments = bench.Product.Get<SegmentService>();
        var chosen = await segments.GetAsync((await segments.ListAsync(Cancel)).Single().Id, Cancel);
        var inner = await SaveAsync(null, "Inner", new Condition("id", Operator.IsNotEmpty, []));
        var middle = await SaveAsync(null, "Middle", new SegmentCondition(inner.Id, IsMember: true));
        var unused = await SaveAsync(null, "Unused", new SegmentCondition(inner.Id, IsMember: true));
        await SaveAsync(chosen, chosen.Name, new SegmentCondition(middle.Id, IsMember: true));
        await bench.RunAsync();
        await SaveAsync(inner, "Inner", new Condition("email", Operator.IsNotEmpty, []));
        await SaveAsync(unused, "Unused", new Condition("email", Operator.IsNotEmpty, []));

        var changes = await ChangesAsync(bench, (await bench.RunAsync()).Id);

        var edit = Assert.Single(changes!.Edits);
        Assert.Equal((EditedPart.Segment, "Inner", inner.Id), (edit.Part, edit.Name, edit.SubjectId));
        // The audit knows which fields the conditions use.
        Assert.Contains("id → email", edit.Detail!.ToString(), StringComparison.Ordinal);

        Task<Segment> SaveAsync(Segment? before, string name, ConditionNode node) =>
            segments.SaveAsync(
                Product.Contributor,
                new SegmentDraft
                {
                    Id = before?.Id,
                    Version = before?.Version ?? 0,
                    Name = name,
                    SourceId = chosen.SourceId,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [node])),
                },
                Cancel
            );
    }

    [Fact]
    public async Task Details_of_a_source_and_a_connection_are_only_for_those_who_manage_them()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await bench.RunAsync();
        await using (var db = await bench.Product.OpenAsync())
        {
            var export = await db.Set<Export>().SingleAsync(Cancel);
            var audit = bench.Product.Get<Audit>();
            audit.Add(db, Product.Administrator, "Sources.Changed", "Customers", export.SourceId, Something);
            audit.Add(db, Product.Administrator, "Connections.KeyChanged", "Practice", export.ConnectionId, Something);
            // Of another source, of another connection, and a form that was saved without a change.
            audit.Add(db, Product.Administrator, "Sources.Changed", "Other", export.SourceId + 1, Something);
            audit.Add(db, Product.Administrator, "Connections.Changed", "Other", export.ConnectionId + 1, Something);
            audit.Add(db, Product.Administrator, "Exports.Changed", "Newsletter", export.Id);
            await db.SaveChangesAsync(Cancel);
        }
        var run = await bench.RunAsync();

        Assert.Equal(
            [(EditedPart.Connection, "Practice", Something), (EditedPart.Source, "Customers", Something)],
            (await ChangesAsync(bench, run.Id, Product.Administrator))!.Edits.Select(edit => (edit.Part, edit.Name, edit.Detail))
        );
        Assert.Equal(
            [(EditedPart.Connection, "Practice", null), (EditedPart.Source, "Customers", (LocalizedMessage?)null)],
            (await ChangesAsync(bench, run.Id))!.Edits.Select(edit => (edit.Part, edit.Name, edit.Detail))
        );
    }

    [Fact]
    public async Task Another_load_of_the_source_is_told_with_its_rows_and_columns()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await bench.RunAsync();
        var loaded = DateTimeOffset.UnixEpoch.AddDays(1);
        await using (var db = await bench.Product.OpenAsync())
        {
            var source = await db.Set<Source>().SingleAsync(Cancel);
            (source.LoadedAt, source.RowCount) = (loaded, 7);
            source.Fields = [.. source.Fields, new("city", FieldType.Text, 1, [])];
            await db.SaveChangesAsync(Cancel);
        }
        var second = await bench.RunAsync();
        var third = await bench.RunAsync();

        var source2 = (await ChangesAsync(bench, second.Id))!.Source!;

        Assert.Equal(("Customers", false, true), (source2.Name, source2.IsOther, source2.HasOtherColumns));
        Assert.Equal((0, 3), (source2.Before.Rows, source2.Before.Columns));
        Assert.Equal((loaded, 7, 4), (source2.Now.LoadedAt, source2.Now.Rows, source2.Now.Columns));
        Assert.Null((await ChangesAsync(bench, third.Id))!.Source);
    }

    [Fact]
    public async Task A_run_that_failed_before_it_had_read_all_its_members_is_not_compared()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        var first = await bench.RunAsync();
        await AddAsync(bench, new Ledger { Members = 3, Prepared = 3 }, hasRead: false);
        var third = await AddAsync(bench, new Ledger { Members = 5, Prepared = 5 }, hasRead: true);

        Assert.Equal(first.Id, (await ChangesAsync(bench, third))!.AgainstRunId);
        Assert.Equal(third, (await ChangesAsync(bench, (await bench.RunAsync()).Id))!.AgainstRunId);
    }

    [Fact]
    public async Task The_rate_is_measured_from_the_first_batch_sent_to_the_last_confirmed()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await bench.RunAsync();
        var at = DateTimeOffset.UnixEpoch;
        var run = await AddAsync(
            bench,
            new Ledger { Members = 30 },
            hasRead: true,
            BatchOf(1, BatchState.Confirmed, at, at.AddSeconds(2)),
            BatchOf(2, BatchState.Confirmed, at.AddSeconds(1), at.AddSeconds(4)),
            BatchOf(3, BatchState.Sent, at.AddSeconds(1), null)
        );

        Assert.Equal(5, (await ChangesAsync(bench, run))!.SpeedNow.Rate);
    }

    private static Batch BatchOf(int number, BatchState state, DateTimeOffset? sent, DateTimeOffset? confirmed) =>
        new()
        {
            Number = number,
            State = state,
            Prepared = 10,
            SentAt = sent,
            ConfirmedAt = confirmed,
        };

    /// <summary>Stores a run that has failed.</summary>
    private static async Task<int> AddAsync(Workbench bench, Ledger ledger, bool hasRead, params Batch[] batches)
    {
        await using var db = await bench.Product.OpenAsync();
        var now = DateTimeOffset.UtcNow;
        var run = new Run
        {
            ExportId = bench.ExportId,
            AccountId = PracticeStore.Id,
            ListId = PracticeStore.Newsletter,
            RequestedBy = "Ana",
            State = RunState.FailedPermanent,
            QueuedAt = now,
            StartedAt = now,
            FinishedAt = now,
            Ledger = ledger,
            SourceReading = hasRead ? new SourceReading(1, null, 0, 0, "") : null,
        };
        db.Add(run);
        await db.SaveChangesAsync(Cancel);
        foreach (var batch in batches)
        {
            batch.RunId = run.Id;
            db.Add(batch);
        }
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }

    private static async Task EditAsync(Workbench bench, Func<ExportDraft, ExportDraft> edit)
    {
        var exports = bench.Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Contributor, bench.ExportId, Cancel)).Draft;
        await exports.SaveAsync(Product.Contributor, edit(draft), Cancel);
    }

    private static Task<RunChanges?> ChangesAsync(Workbench bench, int runId, Actor? reader = null) =>
        bench.Product.Get<RunQueries>().ChangesAsync(reader ?? Product.Viewer, runId, Cancel);
}
