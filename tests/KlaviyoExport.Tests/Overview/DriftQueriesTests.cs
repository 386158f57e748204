using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

/// <summary>What is told about changed columns, and to whom: from the store, without reading the source.</summary>
public sealed class DriftQueriesTests
{
    private static readonly DateTimeOffset Then = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_uses_a_column_is_told_with_its_effect()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await ground.SetAsync(
            Gone("name"),
            new(ColumnChangeKind.Retyped, "email", Then) { Before = FieldType.Text, Now = FieldType.Number }
        );

        var impact = await product.Get<DriftQueries>().OfSourceAsync(Product.Administrator, ground.SourceId, Cancel);

        Assert.Equal(
            [
                (ColumnUseKind.Condition, "name", DriftEffect.Stops, "Named"),
                (ColumnUseKind.Email, "email", DriftEffect.GoesOn, "Everybody"),
                (ColumnUseKind.Email, "email", DriftEffect.GoesOn, "Named"),
                (ColumnUseKind.Email, "email", DriftEffect.GoesOn, "Others"),
                (ColumnUseKind.Mapping, "name", DriftEffect.Stops, "Everybody"),
            ],
            impact!.Uses.Select(use => (use.Kind, use.Column, use.Effect, use.Name!)).OrderBy(use => use.Kind).ThenBy(use => use.Item4)
        );
    }

    [Fact]
    public async Task A_segment_that_refers_to_another_one_is_warned_of_its_columns_and_so_are_their_exports()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await ground.SetAsync(Gone("name"));

        var all = await product.Get<DriftQueries>().AllAsync(Cancel);

        Assert.Equal(DriftEffect.Stops, Assert.Single(all.Sources).Value.Effect);
        Assert.Equal([ground.NamedId, ground.RefersId], all.Segments.Keys.Order());
        // "Everybody" sends the column, "Named" leaves out who is not named; "Others" uses neither.
        Assert.Equal([ground.EverybodyId, ground.NamedExportId], all.Exports.Keys.Order());
    }

    [Fact]
    public async Task A_warning_names_the_column_its_use_and_what_happens()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await ground.SetAsync(Gone("name") with { PerhapsNow = "first_name" });
        var queries = product.Get<DriftQueries>();

        Assert.Equal(
            "The columns of the source have changed. The next run will stop. The column “name” no longer exists; perhaps it was renamed to "
                + "“first_name”. It is used for the attribute first_name. Correct the source, or use other columns.",
            (await queries.OfExportAsync(ground.EverybodyId, Cancel))!.Message.ToString()
        );
        Assert.Equal(
            "What the segment reads has changed. Runs with this segment will stop. The column “name” no longer exists; perhaps it was renamed "
                + "to “first_name”. A condition of the segment Named uses it (“name” is not empty). Correct the source, or edit the segment.",
            (await queries.OfSegmentAsync(ground.RefersId, Cancel))!.Message.ToString()
        );
        Assert.Null(await queries.OfExportAsync(ground.OthersId, Cancel));
    }

    [Fact]
    public async Task The_status_and_the_home_page_have_the_warning()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await ground.SetAsync(Gone("name"));

        var rows = await product.Get<StatusQueries>().ListAsync(Product.Viewer, Cancel);
        var attention = await product.Get<HomeQueries>().NeedsAttentionAsync(Product.Viewer, 10, Cancel);

        Assert.Equal(
            [
                (RefreshTaskKind.Source, "Customers"),
                (RefreshTaskKind.Segment, "Named"),
                (RefreshTaskKind.Segment, "Refers"),
                (RefreshTaskKind.Export, "Everybody"),
                (RefreshTaskKind.Export, "Named"),
            ],
            rows.Where(row => row.Warning is not null).Select(row => (row.Kind, row.Name))
        );
        Assert.Equal(["Everybody", "Named"], attention.Where(item => item.Kind == AttentionKind.ColumnsChanged).Select(item => item.Name));
    }

    [Fact]
    public async Task A_missing_table_is_told_to_the_segments_that_read_it_and_to_their_exports_only()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await using (var db = await product.OpenAsync())
        {
            (await db.Set<Segment>().SingleAsync(segment => segment.Id == ground.NamedId, Cancel)).Definition = new MembershipSegment(
                "vips",
                ["id"]
            );
            (await db.Set<Source>().SingleAsync(Cancel)).Drift = new SchemaDrift([])
            {
                Tables =
                [
                    new("vips", "id", new LocalizedMessage("Sources.NoColumn", "Customers", "vips", "id"), Then),
                    new("vips", "since", new LocalizedMessage("Sources.NoColumn", "Customers", "vips", "since"), Then),
                    new("guests", null, new LocalizedMessage("Sources.NoTable", "Customers", "guests"), Then),
                ],
            };
            await db.SaveChangesAsync(Cancel);
        }

        var all = await product.Get<DriftQueries>().AllAsync(Cancel);
        var rows = await product.Get<StatusQueries>().ListAsync(Product.Viewer, Cancel);
        var attention = await product.Get<HomeQueries>().NeedsAttentionAsync(Product.Viewer, 10, Cancel);

        Assert.Equal([ground.NamedId, ground.RefersId], all.Segments.Keys.Order());
        Assert.Equal([ground.NamedExportId], all.Exports.Keys);
        Assert.Equal(["Customers", "Named", "Refers", "Named"], rows.Where(row => row.Warning is not null).Select(row => row.Name));
        Assert.Equal(["Named"], attention.Where(item => item.Kind == AttentionKind.ColumnsChanged).Select(item => item.Name));
        Assert.Equal(
            "A table that segments read has changed. The next run will stop. Customers has no column id in vips. Choose another one. "
                + "The segment Named reads its members from this table.",
            Assert.Single(all.Exports).Value.Message.ToString()
        );
        Assert.Equal(DriftEffect.Stops, Assert.Single(all.Sources).Value.Effect);
    }

    [Fact]
    public async Task A_column_of_segments_that_no_export_sends_warns_and_stops_nothing()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await ground.SetAsync(Gone("name"));
        await using (var db = await product.OpenAsync())
            await db.Set<Export>().Where(export => export.Id != ground.OthersId).ExecuteDeleteAsync(Cancel);

        var all = await product.Get<DriftQueries>().AllAsync(Cancel);

        Assert.Equal(DriftEffect.GoesOn, Assert.Single(all.Sources).Value.Effect);
        Assert.Equal([ground.NamedId, ground.RefersId], all.Segments.Keys.Order());
        Assert.Empty(all.Exports);
    }

    [Fact]
    public async Task New_columns_and_columns_that_nobody_uses_warn_nobody()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await ground.SetAsync(new(ColumnChangeKind.Added, "vip", Then), Gone("phone"));

        var all = await product.Get<DriftQueries>().AllAsync(Cancel);

        Assert.Empty(all.Sources);
        Assert.Empty(all.Segments);
        Assert.Empty(all.Exports);
    }

    [Fact]
    public async Task What_a_load_has_taken_over_is_told_as_long_as_something_uses_the_old_column()
    {
        await using var product = await Product.CreateAsync();
        var ground = await Ground.CreateAsync(product);
        await using (var db = await product.OpenAsync())
        {
            var source = await db.Set<Source>().SingleAsync(Cancel);
            source.Fields = source.Fields.FindAll(field => field.Name != "name");
            await db.SaveChangesAsync(Cancel);
        }
        await ground.SetAsync(Gone("name") with { IsLoaded = true });
        var before = (await product.Get<DriftQueries>().AllAsync(Cancel)).Exports.Count;
        await using (var db = await product.OpenAsync())
        {
            (await db.Set<Export>().SingleAsync(export => export.Id == ground.EverybodyId, Cancel)).Fields = [];
            (await db.Set<Segment>().SingleAsync(segment => segment.Name == "Named", Cancel)).Definition = new ConditionSegment(
                new ConditionGroup(GroupKind.All, [])
            );
            await db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(2, before);
        Assert.Empty((await product.Get<DriftQueries>().AllAsync(Cancel)).Exports);
    }

    private static ColumnChange Gone(string column) => new(ColumnChangeKind.Gone, column, Then) { Before = FieldType.Text };

    /// <summary>
    /// Three segments (all, those with a name, and one that refers to it) and three exports: of all with the name, of all without the
    /// unnamed, and of all.
    /// </summary>
    private sealed record Ground(Product Product, int SourceId, int NamedId, int RefersId, int EverybodyId, int NamedExportId, int OthersId)
    {
        public static async Task<Ground> CreateAsync(Product product)
        {
            var customers = await product.AddCustomersAsync("Customers", Customer.Many(2));
            var connection = await product.AddConnectionAsync();
            var named = await AddSegmentAsync(product, customers.Source, "Named", new Condition("name", Operator.IsNotEmpty, []));
            var refers = await AddSegmentAsync(product, customers.Source, "Refers", new SegmentCondition(named.Id, IsMember: false));
            var exports = new List<int>();
            foreach (var name in new[] { "Everybody", "Named", "Others" })
                exports.Add(await product.AddExportAsync(name, connection, customers));
            await using var db = await product.OpenAsync();
            foreach (var export in await db.Set<Export>().Where(export => export.Name != "Everybody").ToListAsync(Cancel))
            {
                export.Fields = [];
                if (export.Name == "Named")
                    export.ExcludedSegments.Add(await db.Set<Segment>().SingleAsync(segment => segment.Id == refers.Id, Cancel));
            }
            await db.SaveChangesAsync(Cancel);
            return new Ground(product, customers.Source.Id, named.Id, refers.Id, exports[0], exports[1], exports[2]);
        }

        public async Task SetAsync(params ColumnChange[] changes)
        {
            await using var db = await Product.OpenAsync();
            (await db.Set<Source>().SingleAsync(Cancel)).Drift = new SchemaDrift(changes);
            await db.SaveChangesAsync(Cancel);
        }

        private static Task<Segment> AddSegmentAsync(Product product, Source source, string name, ConditionNode condition) =>
            product
                .Get<SegmentService>()
                .SaveAsync(
                    Product.Administrator,
                    new SegmentDraft
                    {
                        Name = name,
                        SourceId = source.Id,
                        Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [condition])),
                    },
                    Cancel
                );
    }
}
