using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Exports;

public class ExportCommandTests
{
    private static readonly Recurrence Mornings = new() { Times = [new TimeOnly(6, 0)] };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_has_the_definition_a_name_of_its_own_no_schedule_and_nothing_delivered()
    {
        await using var product = await Product.CreateAsync();
        var id = await AddAsync(product, "X", SyncMode.Incremental);
        var service = product.Get<ExportService>();
        await product
            .Get<ExportSchedules>()
            .SetAsync(Product.Administrator, [id], new ExportSchedule { IsOn = true, Own = Mornings }, null, Cancel);
        await product.RunAsync(id);

        var copy = await service.GetAsync(Product.Contributor, await service.DuplicateAsync(Product.Contributor, id, Cancel), Cancel);
        var second = await service.GetAsync(Product.Contributor, await service.DuplicateAsync(Product.Contributor, id, Cancel), Cancel);

        Assert.Equal(("X (copy)", "X (copy 2)", "Carla"), (copy.Draft.Name, second.Draft.Name, copy.CreatedBy));
        Assert.Equal((false, RecurrenceKind.Daily), (copy.Schedule.IsOn, copy.Schedule.Own!.Kind));
        Assert.Null(copy.NextRunAt);
        Assert.Equal(3, (await product.RunAsync(copy.Draft.Id!.Value)).Ledger.Accepted);
    }

    [Fact]
    public async Task The_name_of_a_copy_is_within_the_limit_and_in_the_readers_language()
    {
        await using var product = await Product.CreateAsync();
        var id = await AddAsync(product, new string('я', 100));
        var culture = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("sr-Cyrl");
        try
        {
            var copy = await product.Get<ExportService>().DuplicateAsync(Product.Administrator, id, Cancel);

            var name = (await product.Get<ExportService>().GetAsync(Product.Viewer, copy, Cancel)).Draft.Name;
            Assert.Equal((100, true), (name.Length, name.EndsWith("я (копија)", StringComparison.Ordinal)));
        }
        finally
        {
            CultureInfo.CurrentUICulture = culture;
        }
    }

    [Fact]
    public async Task Several_exports_get_a_new_schedule_or_keep_their_own_and_are_turned_on_or_off()
    {
        await using var product = await Product.CreateAsync();
        var first = await AddAsync(product, "First");
        var second = await product.AddExportAsync(
            "Second",
            await product.AddConnectionAsync("Other"),
            await product.AddCustomersAsync("Others", [])
        );
        var service = product.Get<ExportService>();

        await product
            .Get<ExportSchedules>()
            .SetAsync(Product.Administrator, [first], new ExportSchedule { IsOn = true, Own = Mornings }, null, Cancel);
        await product.Get<ExportSchedules>().SetAsync(Product.Administrator, [first, second], null, true, Cancel);

        var (one, two) = (await service.GetAsync(Product.Viewer, first, Cancel), await service.GetAsync(Product.Viewer, second, Cancel));
        Assert.Equal((true, true, false), (one.Schedule.IsOn, one.Schedule.Own is not null, two.Schedule.Own is not null));
        Assert.Equal(new TimeSpan(6, 0, 0), one.NextRunAt!.Value.TimeOfDay);
        Assert.True(two.Schedule.IsOn);

        await product.Get<ExportSchedules>().SetAsync(Product.Administrator, [first, second], null, false, Cancel);
        Assert.Null((await service.GetAsync(Product.Viewer, first, Cancel)).NextRunAt);
        Assert.NotNull((await service.GetAsync(Product.Viewer, first, Cancel)).Schedule.Own);
    }

    [Fact]
    public async Task An_invalid_schedule_is_refused_and_changes_nothing()
    {
        await using var product = await Product.CreateAsync();
        var id = await AddAsync(product, "X");
        var service = product.Get<ExportService>();

        var refusal = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            product
                .Get<ExportSchedules>()
                .SetAsync(
                    Product.Administrator,
                    [id],
                    new ExportSchedule
                    {
                        IsOn = true,
                        Own = new Recurrence { TimeZone = "Atlantis/Capital", Times = [new TimeOnly(6, 0)] },
                    },
                    null,
                    Cancel
                )
        );

        Assert.Equal("Scheduling.TimeZoneUnknown", refusal.LocalizedMessage.Code);
        Assert.False((await service.GetAsync(Product.Viewer, id, Cancel)).Schedule.IsOn);
    }

    [Fact]
    public async Task Several_exports_are_all_changed_or_none()
    {
        await using var product = await Product.CreateAsync();
        var open = await AddAsync(product, "Open");
        var closed = await product.AddExportAsync(
            "Closed",
            await product.AddConnectionAsync("Closed", Sharing.Administrators),
            await product.AddCustomersAsync("Others", [])
        );
        var service = product.Get<ExportService>();

        await Assert.ThrowsAsync<NotAllowedException>(() => service.RemoveAsync(Product.Contributor, [open, closed], Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() =>
            product.Get<ExportSchedules>().SetAsync(Product.Contributor, [open, closed], null, true, Cancel)
        );
        Assert.Equal(
            "Exports.Gone",
            (await Assert.ThrowsAnyAsync<LocalizedException>(() => service.RemoveAsync(Product.Administrator, [open, 999], Cancel)))
                .LocalizedMessage
                .Code
        );
        await product.QueueAsync(closed);
        Assert.Equal(
            new LocalizedMessage("Exports.IsRunning", "Closed"),
            (
                await Assert.ThrowsAnyAsync<LocalizedException>(() => service.RemoveAsync(Product.Administrator, [open, closed], Cancel))
            ).LocalizedMessage
        );

        var rows = (await product.Get<ExportQueries>().PageAsync(Product.Administrator, new ExportQuery(), Cancel)).Rows;
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.False(row.Schedule.IsOn));
    }

    [Fact]
    public async Task What_is_lost_with_an_export_is_named_first_and_recorded_in_the_audit()
    {
        await using var product = await Product.CreateAsync();
        var id = await AddAsync(product, "X", more: [new("bad", "no address", "Bad")]);
        var service = product.Get<ExportService>();
        await product.RunAsync(id);
        await product.RunAsync(id);
        await product.Get<ExportSchedules>().SetAsync(Product.Administrator, [id], null, true, Cancel);

        var loss = await service.LossAsync(Product.Administrator, [id], Cancel);
        await service.RemoveAsync(Product.Administrator, [id], Cancel);

        Assert.Equal((2, 2), (loss.Runs, loss.Rejections));
        Assert.Equal(["X"], loss.Names);
        Assert.Equal(["X"], loss.Scheduled);
        await using var db = await product.OpenAsync();
        Assert.Equal(
            "2 runs, 2 rejections",
            (await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "Exports.Removed", Cancel)).Detail?.ToString()
        );
    }

    [Fact]
    public async Task The_second_of_two_editors_sees_the_first_change_and_decides()
    {
        await using var product = await Product.CreateAsync();
        var id = await AddAsync(product, "X");
        var service = product.Get<ExportService>();
        var mine = (await service.GetAsync(Product.Administrator, id, Cancel)).Draft with { Name = "Mine" };
        await service.SaveAsync(Product.Contributor, mine with { Name = "Theirs" }, Cancel);

        var conflict = await Assert.ThrowsAsync<ExportConflictException>(() => service.SaveAsync(Product.Administrator, mine, Cancel));
        Assert.Equal(("Theirs", mine.Version + 1), (conflict.Theirs.Draft.Name, conflict.Theirs.Draft.Version));
        var decided = mine with { OverwriteVersion = conflict.Theirs.Draft.Version };
        await service.SaveAsync(Product.Contributor, conflict.Theirs.Draft with { Name = "Theirs again" }, Cancel);
        await Assert.ThrowsAsync<ExportConflictException>(() => service.SaveAsync(Product.Administrator, decided, Cancel));
        await service.SaveAsync(Product.Administrator, decided with { OverwriteVersion = decided.OverwriteVersion + 1 }, Cancel);

        Assert.Equal("Mine", (await service.GetAsync(Product.Viewer, id, Cancel)).Draft.Name);
    }

    [Fact]
    public async Task A_new_schedule_does_not_conflict_with_an_edit_of_the_export()
    {
        await using var product = await Product.CreateAsync();
        var id = await AddAsync(product, "X");
        var service = product.Get<ExportService>();
        var mine = (await service.GetAsync(Product.Administrator, id, Cancel)).Draft with { Name = "Mine" };
        await product
            .Get<ExportSchedules>()
            .SetAsync(Product.Contributor, [id], new ExportSchedule { IsOn = true, Own = Mornings }, null, Cancel);

        await service.SaveAsync(Product.Administrator, mine, Cancel);

        var saved = await service.GetAsync(Product.Viewer, id, Cancel);
        Assert.Equal(("Mine", true), (saved.Draft.Name, saved.Schedule.IsOn));
        Assert.NotNull(saved.NextRunAt);
    }

    [Fact]
    public async Task The_audit_entry_of_a_copy_names_copy_and_original_whatever_their_names()
    {
        await using var product = await Product.CreateAsync();
        var original = await product.AddExportAsync(
            "3",
            await product.AddConnectionAsync(),
            await product.AddCustomersAsync("Customers", Customer.Many(1))
        );

        var copy = await product.Get<ExportService>().DuplicateAsync(Product.Administrator, original, Cancel);

        await using var db = await product.OpenAsync();
        var entry = await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "Exports.Duplicated", Cancel);
        Assert.Equal(
            (copy, "Copy of 3", "Копија извоза 3"),
            (entry.SubjectId, entry.Detail!.In(new CultureInfo("en")), entry.Detail.In(new CultureInfo("sr-Cyrl")))
        );
    }

    [Fact]
    public async Task Segments_over_the_cap_are_refused_with_count_and_limit()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["Klaviyo:MaxProfilesPerExport"] = "4" });
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync("Customers", Customer.Many(5));
        var draft = new ExportDraft
        {
            Name = "X",
            ConnectionId = connection.Id,
            ListId = PracticeStore.Newsletter,
            SourceId = customers.Source.Id,
            EmailField = "email",
            SegmentIds = [customers.Segment.Id],
        };
        var service = product.Get<ExportService>();

        Assert.Equal(
            new LocalizedMessage("Exports.OverCap", 5L, 4),
            (
                await Assert.ThrowsAnyAsync<LocalizedException>(() => service.SaveAsync(Product.Administrator, draft, Cancel))
            ).LocalizedMessage
        );
        await Customer.WriteAsync(Path.Combine(product.Directory, "Customers.db"), Customer.Many(4));
        Assert.NotEqual(0, await service.SaveAsync(Product.Administrator, draft, Cancel));
    }

    [Fact]
    public async Task A_profile_in_several_segments_is_counted_once_in_their_union()
    {
        await using var product = await Product.CreateAsync();
        var customers = await product.AddCustomersAsync("Customers", Customer.Many(5));
        var first = await product
            .Get<SegmentService>()
            .SaveAsync(
                Product.Administrator,
                new SegmentDraft
                {
                    Name = "One",
                    SourceId = customers.Source.Id,
                    Definition = new ConditionSegment(
                        new ConditionGroup(GroupKind.All, [new Condition("id", Operator.Equal, ["c0000001"])])
                    ),
                },
                Cancel
            );
        var union = product.Get<SegmentUnion>();

        Assert.Equal(5, await union.CountAsync(Product.Contributor, customers.Source.Id, [customers.Segment.Id, first.Id], [], Cancel));
        Assert.Equal(1, await union.CountAsync(Product.Contributor, customers.Source.Id, [first.Id], [], Cancel));
        Assert.Equal(0, await union.CountAsync(Product.Contributor, customers.Source.Id, [], [], Cancel));
        Assert.Equal(4, await union.CountAsync(Product.Contributor, customers.Source.Id, [customers.Segment.Id], [first.Id], Cancel));
        var refused = await Assert.ThrowsAsync<ExportInvalidException>(() =>
            union.CountAsync(Product.Contributor, customers.Source.Id, [first.Id], [first.Id], Cancel)
        );
        Assert.Equal("Exports.SegmentTakenAndExcluded", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task A_segment_is_changed_only_by_people_who_may_change_all_its_exports()
    {
        await using var product = await Product.CreateAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        await product.AddExportAsync("Closed", await product.AddConnectionAsync("Closed", Sharing.Administrators), customers);
        var service = product.Get<SegmentService>();
        var draft = new SegmentDraft
        {
            Id = customers.Segment.Id,
            Name = "Renamed",
            SourceId = customers.Source.Id,
            Definition = customers.Segment.Definition,
            Version = customers.Segment.Version,
        };

        var expected = new LocalizedMessage("Segments.UsedByOthers", customers.Segment.Name, "Closed");
        Assert.Equal(
            expected,
            (await Assert.ThrowsAnyAsync<LocalizedException>(() => service.SaveAsync(Product.Contributor, draft, Cancel))).LocalizedMessage
        );
        Assert.Equal(
            expected,
            (
                await Assert.ThrowsAnyAsync<LocalizedException>(() =>
                    service.RemoveAsync(Product.Contributor, customers.Segment.Id, Cancel)
                )
            ).LocalizedMessage
        );
        Assert.Equal("Renamed", (await service.SaveAsync(Product.Administrator, draft, Cancel)).Name);
    }

    private static async Task<int> AddAsync(
        Product product,
        string name,
        SyncMode mode = SyncMode.Full,
        params IEnumerable<Customer> more
    ) =>
        await product.AddExportAsync(
            name,
            await product.AddConnectionAsync(),
            await product.AddCustomersAsync("Customers", Customer.Many(3).Concat(more)),
            mode: mode
        );
}
