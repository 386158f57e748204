using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Exports;

public sealed class ExportServiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_saved_export_round_trips_and_does_not_run()
    {
        await using var desk = await Desk.CreateAsync();

        var id = await desk.SaveAsync(
            desk.Draft with
            {
                Name = " Autumn ",
                ListId = $" {PracticeStore.WinBack} ",
                SyncMode = SyncMode.Mirror,
            }
        );

        var details = await desk.Service.GetAsync(Product.Viewer, id, Cancel);
        Assert.Equal(
            ("Autumn", PracticeStore.WinBack, "Win back", SyncMode.Mirror),
            (details.Draft.Name, details.Draft.ListId, details.ListName, details.Draft.SyncMode)
        );
        Assert.Equal(("email", "Practice", "Customers"), (details.Draft.EmailField, details.ConnectionName, details.SourceName));
        Assert.Equal([new FieldMapping("name", "first_name")], details.Draft.Fields);
        Assert.Equal(["All of Customers"], details.SegmentNames);
        Assert.Empty(desk.Product.Sandbox.State.Jobs());
        await using var db = await desk.Product.OpenAsync();
        Assert.Empty(await db.Set<Run>().ToListAsync(Cancel));
        Assert.Contains(await db.Set<AuditEntry>().ToListAsync(Cancel), entry => entry is { Action: "Exports.Added", Subject: "Autumn" });
    }

    [Fact]
    public async Task Each_missing_part_is_named()
    {
        await using var desk = await Desk.CreateAsync();
        (ExportDraft Draft, string LocalizedMessage)[] cases =
        [
            (desk.Draft with { Name = " " }, "Exports.NameNeeded"),
            (desk.Draft with { Name = new string('x', 101) }, "Exports.NameNeeded"),
            (desk.Draft with { ConnectionId = null }, "Exports.ConnectionNeeded"),
            (desk.Draft with { ConnectionId = 77 }, "Connections.Gone"),
            (desk.Draft with { ListId = "  " }, "Exports.ListNeeded"),
            (desk.Draft with { ListId = "NoSuch" }, "Klaviyo.ListNotFound"),
            (desk.Draft with { SourceId = null }, "Exports.SourceNeeded"),
            (desk.Draft with { SourceId = 77 }, "Exports.SourceNeeded"),
            (desk.Draft with { EmailField = " " }, "Exports.EmailNeeded"),
            (desk.Draft with { EmailField = "mail" }, "Exports.FieldGone"),
            (desk.Draft with { Fields = [new("nickname", "first_name")] }, "Exports.FieldGone"),
            (desk.Draft with { Fields = [new("name", "nickname")] }, "Exports.AttributeUnknown"),
            (desk.Draft with { Fields = [new("name", "properties.$consent")] }, "Exports.AttributeUnknown"),
            (desk.Draft with { Fields = [new("name", "last_name"), new("id", "last_name")] }, "Exports.AttributeTwice"),
            (desk.Draft with { Fields = [new("name", "email")] }, "Exports.AttributeTwice"),
            (desk.Draft with { Fields = [new("name", "phone_number") { CountryField = "land" }] }, "Exports.FieldGone"),
            (desk.Draft with { Fields = [new("name", "phone_number") { Region = "YU" }] }, "Exports.RegionUnknown"),
            (desk.Draft with { Fields = [new("name", "phone_number") { Default = "+381641234567" }] }, "Exports.DefaultOfIdentifier"),
            (desk.Draft with { Fields = [new("name", "external_id") { Default = "1" }] }, "Exports.DefaultOfIdentifier"),
            (desk.Draft with { Fields = [Of(MappedType.Number, "many")] }, "Exports.DefaultInvalid"),
            (desk.Draft with { Fields = [Of(MappedType.Date, "31/12/2026")] }, "Exports.DefaultInvalid"),
            (desk.Draft with { Fields = [Of(MappedType.YesNo, "perhaps")] }, "Exports.DefaultInvalid"),
            (desk.Draft with { Fields = [Of(MappedType.Text, new string('x', 501))] }, "Exports.DefaultInvalid"),
            (desk.Draft with { Fields = [Of(MappedType.List, null) with { Separator = "" }] }, "Exports.SeparatorWrong"),
            (desk.Draft with { Fields = [new("name", "first_name") { Type = MappedType.List }] }, "Exports.ListNotInProperty"),
            (desk.Draft with { SegmentIds = [] }, "Exports.SegmentNeeded"),
            (desk.Draft with { SegmentIds = [77] }, "Exports.SegmentGone"),
            (desk.Draft with { Id = 77 }, "Exports.Gone"),
        ];

        foreach (var (draft, message) in cases)
            Assert.Equal(message, await desk.RefusalAsync(draft));

        await using var db = await desk.Product.OpenAsync();
        Assert.Empty(await db.Set<Export>().ToListAsync(Cancel));
        Assert.Empty(await db.Set<AuditEntry>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task The_rules_of_fields_are_stored_and_mappings_without_rules_are_read_with_the_defaults()
    {
        await using var desk = await Desk.CreateAsync();
        FieldMapping[] fields =
        [
            new("name", "phone_number")
            {
                CountryField = "id",
                Region = "RS",
                WhenInvalid = WhenInvalid.Reject,
                IsRequired = true,
                Trims = false,
            },
            Of(MappedType.List, "a;b") with
            {
                Separator = ";",
            },
        ];
        var id = await desk.SaveAsync(desk.Draft with { Fields = fields });
        Assert.Equal(fields, (await desk.Service.GetAsync(Product.Viewer, id, Cancel)).Draft.Fields);

        await using var db = await desk.Product.OpenAsync();
        // As an older version stored it.
        await db.Database.ExecuteSqlRawAsync("""UPDATE "Exports" SET "Fields" = '[{{"Field":"name","Attribute":"first_name"}}]'""", Cancel);
        Assert.Equal([new FieldMapping("name", "first_name")], (await desk.Service.GetAsync(Product.Viewer, id, Cancel)).Draft.Fields);
    }

    [Fact]
    public async Task A_segment_of_another_source_is_refused_by_name()
    {
        await using var desk = await Desk.CreateAsync();
        var other = await desk.Product.AddCustomersAsync("Partners", []);

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            desk.SaveAsync(desk.Draft with { SegmentIds = [.. desk.Draft.SegmentIds, other.Segment.Id] })
        );

        Assert.Equal(new LocalizedMessage("Exports.SegmentOfOtherSource", "All of Partners", "Customers"), refused.LocalizedMessage);
    }

    [Fact]
    public async Task A_name_belongs_to_one_export()
    {
        await using var desk = await Desk.CreateAsync();
        var id = await desk.SaveAsync(desk.Draft);

        Assert.Equal("Exports.NameTaken", await desk.RefusalAsync(desk.Draft with { Name = desk.Draft.Name + " " }));
        Assert.Null(await desk.RefusalAsync(desk.Draft with { Id = id }));
    }

    [Fact]
    public async Task Of_two_simultaneous_saves_of_the_same_name_one_is_refused()
    {
        await using var desk = await Desk.CreateAsync();

        var refusals = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => desk.RefusalAsync(desk.Draft)));

        Assert.Single(refusals, refusal => refusal is null);
        Assert.Single(refusals, refusal => refusal is "Exports.NameTaken" or "Data.Conflict");
    }

    [Fact]
    public async Task The_second_of_two_editors_is_refused_even_when_only_the_segments_were_changed()
    {
        await using var desk = await Desk.CreateAsync();
        var second = await desk.AddSegmentAsync("Second");
        var id = await desk.SaveAsync(desk.Draft);
        await desk.SaveAsync(desk.Draft with { Id = id, SegmentIds = [second] });

        Assert.Equal("Exports.ChangedMeanwhile", await desk.RefusalAsync(desk.Draft with { Id = id }));
        Assert.Equal([second], (await desk.Service.GetAsync(Product.Viewer, id, Cancel)).Draft.SegmentIds);
    }

    [Fact]
    public async Task A_running_export_is_neither_changed_nor_removed()
    {
        await using var desk = await Desk.CreateAsync();
        var id = await desk.SaveAsync(desk.Draft);
        await desk.Product.QueueAsync(id);

        Assert.Equal("Exports.IsRunning", await desk.RefusalAsync(desk.Draft with { Id = id }));
        Assert.Equal(
            "Exports.IsRunning",
            (await Assert.ThrowsAnyAsync<LocalizedException>(() => desk.Service.RemoveAsync(Product.Administrator, [id], Cancel)))
                .LocalizedMessage
                .Code
        );
    }

    [Fact]
    public async Task A_run_started_during_the_check_of_the_list_prevents_the_change()
    {
        var meanwhile = new Meanwhile();
        await using var desk = await Desk.CreateAsync(services =>
            services.AddHttpClient(nameof(KlaviyoClient)).AddHttpMessageHandler(() => meanwhile)
        );
        var id = await desk.SaveAsync(desk.Draft);
        meanwhile.Deed = () => desk.Product.QueueAsync(id);

        Assert.Equal("Exports.IsRunning", await desk.RefusalAsync(desk.Draft with { Id = id, ListId = PracticeStore.WinBack }));
        Assert.Equal(PracticeStore.Newsletter, (await desk.Service.GetAsync(Product.Viewer, id, Cancel)).Draft.ListId);
    }

    [Fact]
    public async Task Removing_an_export_removes_its_runs_and_rejections_and_not_the_list()
    {
        await using var desk = await Desk.CreateAsync(customers: [.. Customer.Many(3), new("x", null, "X")]);
        var id = await desk.SaveAsync(desk.Draft with { SyncMode = SyncMode.Mirror });
        await desk.Product.RunAsync(id);
        var members = desk.Product.Sandbox.State.Members(PracticeStore.Newsletter).Count;

        await desk.Service.RemoveAsync(Product.Administrator, [id], Cancel);

        await using var db = await desk.Product.OpenAsync();
        Assert.Equal(
            (0, 0, 0, 0, 0),
            (
                await db.Set<Run>().CountAsync(Cancel),
                await db.Set<Batch>().CountAsync(Cancel),
                await db.Set<Rejection>().CountAsync(Cancel),
                await db.Set<RunEvent>().CountAsync(Cancel),
                await db.Set<Membership>().CountAsync(Cancel)
            )
        );
        Assert.Equal(members, desk.Product.Sandbox.State.Members(PracticeStore.Newsletter).Count);
    }

    [Fact]
    public async Task Profiles_delivered_to_another_list_do_not_count_as_delivered_to_this_one()
    {
        await using var desk = await Desk.CreateAsync(customers: Customer.Many(3));
        var id = await desk.SaveAsync(desk.Draft with { SyncMode = SyncMode.Incremental });
        await desk.Product.RunAsync(id);

        await desk.SaveAsync(desk.Draft with { Id = id, SyncMode = SyncMode.Incremental, ListId = PracticeStore.WinBack });
        var run = await desk.Product.RunAsync(id);

        Assert.Equal((0, 3), (run.Ledger.Unchanged, run.Ledger.Accepted));
        Assert.Equal(3, desk.Product.Sandbox.State.Members(PracticeStore.WinBack).Count);
    }

    [Fact]
    public async Task An_older_value_is_not_unchanged_after_a_full_run_sent_a_newer_one()
    {
        await using var desk = await Desk.CreateAsync(customers: [new("1", "ana@shop.example", "Ana")]);
        var id = await desk.SaveAsync(desk.Draft with { SyncMode = SyncMode.Incremental });
        await desk.Product.RunAsync(id);
        await desk.SaveAsync(desk.Draft with { Id = id, SyncMode = SyncMode.Full });
        await desk.ReplaceCustomersAsync([new("1", "ana@shop.example", "Renamed")]);
        await desk.Product.RunAsync(id);
        await desk.SaveAsync(desk.Draft with { Id = id, SyncMode = SyncMode.Incremental, Version = 1 });
        await desk.ReplaceCustomersAsync([new("1", "ana@shop.example", "Ana")]);

        var run = await desk.Product.RunAsync(id);

        Assert.Equal((0, 1), (run.Ledger.Unchanged, run.Ledger.Accepted));
        Assert.Contains(
            "\"Ana\"",
            desk.Product.Sandbox.State.Members(PracticeStore.Newsletter)
                .Single(member => member.Email == "ana@shop.example")
                .Attributes.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_export_that_becomes_a_mirror_removes_profiles_that_leave_from_then_on()
    {
        await using var desk = await Desk.CreateAsync(customers: Customer.Many(3));
        var id = await desk.SaveAsync(desk.Draft with { SyncMode = SyncMode.Incremental });
        await desk.Product.RunAsync(id);
        await desk.SaveAsync(desk.Draft with { Id = id, SyncMode = SyncMode.Mirror });
        await desk.Product.RunAsync(id);
        await desk.ReplaceCustomersAsync(Customer.Many(2));

        var run = await desk.Product.RunAsync(id);

        Assert.Equal((1, 1), (run.Ledger.Leaving, run.Ledger.Removed));
        Assert.DoesNotContain(desk.Product.Sandbox.State.Members(PracticeStore.Newsletter), member => member.Email == "c2@shop.example");
    }

    [Fact]
    public async Task A_profile_whose_address_was_not_kept_is_not_counted_as_removed()
    {
        await using var desk = await Desk.CreateAsync(customers: Customer.Many(3));
        var id = await desk.SaveAsync(desk.Draft with { SyncMode = SyncMode.Incremental });
        await desk.Product.RunAsync(id);
        await desk.SaveAsync(desk.Draft with { Id = id, SyncMode = SyncMode.Mirror });
        await desk.ReplaceCustomersAsync(Customer.Many(2));

        var run = await desk.Product.RunAsync(id);

        Assert.Equal((0, 0), (run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Contains(desk.Product.Sandbox.State.Members(PracticeStore.Newsletter), member => member.Email == "c2@shop.example");
    }

    [Fact]
    public async Task The_list_of_exports_shows_the_latest_run_and_when_profiles_last_arrived()
    {
        await using var desk = await Desk.CreateAsync(customers: Customer.Many(3));
        var id = await desk.SaveAsync(desk.Draft);
        var good = await desk.Product.RunAsync(id);
        desk.Product.Sandbox.State.DeleteList(PracticeStore.Newsletter);
        var bad = await desk.Product.RunAsync(id);

        var row = Assert.Single((await desk.Product.Get<ExportQueries>().PageAsync(Product.Viewer, new ExportQuery(), Cancel)).Rows);

        Assert.Equal((bad.Id, RunState.FailedPermanent, good.FinishedAt), (row.LastRunId, row.State, row.Refreshed));
    }

    [Fact]
    public async Task A_contributor_cannot_move_an_export_to_or_from_an_unshared_connection()
    {
        await using var desk = await Desk.CreateAsync();
        var closed = await desk.Product.AddConnectionAsync("Closed", Sharing.Administrators);
        var shared = await desk.SaveAsync(desk.Draft with { Name = "On the shared one" });
        var hidden = await desk.SaveAsync(desk.Draft with { Name = "On the closed one", ConnectionId = closed.Id });

        await Assert.ThrowsAsync<NotAllowedException>(() =>
            desk.Service.SaveAsync(Product.Contributor, desk.Draft with { Id = shared, ConnectionId = closed.Id }, Cancel)
        );
        await Assert.ThrowsAsync<NotAllowedException>(() =>
            desk.Service.SaveAsync(Product.Contributor, desk.Draft with { Id = hidden }, Cancel)
        );
        await Assert.ThrowsAsync<NotAllowedException>(() =>
            desk.Service.SaveAsync(Product.Contributor, desk.Draft with { ConnectionId = closed.Id }, Cancel)
        );
        Assert.Equal(shared, await desk.Service.SaveAsync(Product.Contributor, desk.Draft with { Id = shared, Name = "Renamed" }, Cancel));
    }

    /// <summary>Does something while the next request is in progress.</summary>
    private sealed class Meanwhile : DelegatingHandler
    {
        public Func<Task>? Deed { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Deed is { } action)
            {
                Deed = null;
                await action();
            }
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A product with a connection, a source, a segment, and a draft of an export.</summary>
    private static FieldMapping Of(MappedType type, string? standard) => new("name", "properties.X") { Type = type, Default = standard };

    private sealed class Desk : IAsyncDisposable
    {
        private Desk(
            Product product,
            Connection connection,
            (KlaviyoExport.Sources.Source Source, KlaviyoExport.Segments.Segment Segment) customers
        )
        {
            Product = product;
            Draft = new ExportDraft
            {
                Name = "Newsletter",
                ConnectionId = connection.Id,
                ListId = PracticeStore.Newsletter,
                SourceId = customers.Source.Id,
                EmailField = "email",
                Fields = [new("name", "first_name")],
                SegmentIds = [customers.Segment.Id],
            };
        }

        public Product Product { get; }

        public ExportDraft Draft { get; }

        public ExportService Service => Product.Get<ExportService>();

        public static async Task<Desk> CreateAsync(Action<IServiceCollection>? configure = null, IEnumerable<Customer>? customers = null)
        {
            var product = await Product.CreateAsync(configure: configure);
            return new Desk(product, await product.AddConnectionAsync(), await product.AddCustomersAsync("Customers", customers ?? []));
        }

        public Task<int> SaveAsync(ExportDraft draft) => Service.SaveAsync(Product.Administrator, draft, Cancel);

        public Task ReplaceCustomersAsync(IEnumerable<Customer> customers) =>
            Customer.WriteAsync(Path.Combine(Product.Directory, "Customers.db"), customers);

        public async Task<string?> RefusalAsync(ExportDraft draft)
        {
            try
            {
                await SaveAsync(draft);
                return null;
            }
            catch (LocalizedException refused)
            {
                return refused.LocalizedMessage.Code;
            }
        }

        public async Task<int> AddSegmentAsync(string name)
        {
            await using var db = await Product.OpenAsync();
            var first = await db.Set<Segment>().AsNoTracking().FirstAsync(Cancel);
            var segment = new KlaviyoExport.Segments.Segment
            {
                Name = name,
                SourceId = first.SourceId,
                Definition = first.Definition,
                CreatedBy = "test",
            };
            db.Add(segment);
            await db.SaveChangesAsync(Cancel);
            return segment.Id;
        }

        public ValueTask DisposeAsync() => Product.DisposeAsync();
    }
}
