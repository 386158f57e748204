using System.Text.Json;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Segments;

public sealed class SegmentServiceTests
{
    private static readonly CancellationToken Token = CancellationToken.None;
    private static readonly Actor Contributor = new("c", "Cara", Role.Contributor);
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_saved_segment_is_listed_with_its_source_and_members()
    {
        var clock = new TestClock(Start);
        await using var store = await SourceStore.CreateAsync(clock);
        var source = await store.AddCsvTextAsync("id,city\n1,Vic\n2,Niš\n3,Vic\n");
        var segment = await store.Segments.SaveAsync(
            Contributor,
            Draft(source.Id, SegmentReaderTests.Is("city", Operator.Equal, "vic")),
            Token
        );

        Assert.Equal([new SegmentLine(segment.Id, "Locals", source.Id, "Customers", 2, Start)], await store.Segments.ListAsync(Token));
        var read = await store.Segments.GetAsync(segment.Id, Token);
        var condition = Assert.IsType<Condition>(Assert.Single(Assert.IsType<ConditionSegment>(read.Definition).Root.Parts));
        Assert.Equal(("city", Operator.Equal, "vic"), (condition.Field, condition.Operator, Assert.Single(condition.Values)));
    }

    [Fact]
    public async Task The_deepest_allowed_tree_round_trips_through_the_store()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        ConditionNode deepest = new Condition("id", Operator.IsNotEmpty, []);
        for (var depth = 1; depth < SegmentRules.MaxDepth; depth++)
            deepest = new ConditionGroup(GroupKind.Any, [deepest]);
        var segment = await store.Segments.SaveAsync(
            Contributor,
            Draft(source.Id, new ConditionSegment(new ConditionGroup(GroupKind.All, [deepest]))),
            Token
        );

        Assert.Equal(1, await store.Segments.CountAsync(Contributor, segment.Id, Token));
    }

    [Fact]
    public async Task A_new_count_is_stored_and_does_not_count_as_an_edit()
    {
        var clock = new TestClock(Start);
        await using var store = await SourceStore.CreateAsync(clock);
        var source = await store.AddCsvTextAsync("id\n1\n");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        File.WriteAllText(source.Location, "id\n1\n2\n");
        await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Token);
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(2, await store.Segments.CountAsync(Contributor, segment.Id, Token));

        var after = await store.Segments.GetAsync(segment.Id, Token);
        Assert.Equal((2, Start.AddHours(1), segment.Version), (after.MemberCount, after.CountedAt, after.Version));
    }

    [Fact]
    public async Task The_last_count_of_each_day_is_kept_as_the_history_of_the_segment()
    {
        var clock = new TestClock(Start);
        await using var store = await SourceStore.CreateAsync(clock);
        var source = await store.AddCsvTextAsync("id\n1\n");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        foreach (var (hours, rows) in new[] { (1, "1\n2\n"), (24, "1\n2\n3\n"), (48, "1\n") })
        {
            File.WriteAllText(source.Location, "id\n" + rows);
            await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Token);
            clock.Advance(TimeSpan.FromHours(hours));
            await store.Segments.CountAsync(Contributor, segment.Id, Token);
        }

        var history = await store.Segments.HistoryAsync(segment.Id, 90, Token);
        Assert.Equal(
            [(new DateOnly(2026, 11, 22), 2), (new DateOnly(2026, 11, 23), 3), (new DateOnly(2026, 11, 25), 1)],
            history.Select(count => (count.Day, (int)count.Members))
        );
        Assert.Equal(2, (await store.Segments.HistoryAsync(segment.Id, 2, Token)).Count);
    }

    [Fact]
    public async Task An_invalid_definition_is_not_saved_and_every_error_is_named()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var draft = Draft(
            source.Id,
            new ConditionSegment(
                new ConditionGroup(GroupKind.All, [new Condition("", Operator.Equal, []), new Condition("x", Operator.Equal, [])])
            )
        );

        var exception = await Assert.ThrowsAsync<SegmentInvalidException>(() => store.Segments.SaveAsync(Contributor, draft, Token));

        Assert.Equal(2, exception.Faults.Count);
        Assert.Empty(await store.Segments.ListAsync(Token));
    }

    [Theory]
    [InlineData(" ", "Give the segment a name")]
    [InlineData("Locals", "A segment named Locals already exists")]
    public async Task A_name_is_required_and_unique(string name, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        var draft = Draft(source.Id);
        draft.Name = name;

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.Segments.SaveAsync(Contributor, draft, Token)),
            StringComparison.Ordinal
        );
        draft.SourceId = null;
        draft.Name = "Other";
        Assert.Contains(
            "Choose the source",
            await SourceStore.RefusalAsync(() => store.Segments.SaveAsync(Contributor, draft, Token)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Two_who_edit_the_same_segment_do_not_overwrite_each_other()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        SegmentDraft Edit(string name) =>
            new()
            {
                Id = segment.Id,
                Name = name,
                SourceId = source.Id,
                Definition = segment.Definition,
                Version = segment.Version,
            };
        var (mine, theirs) = (Edit("Mine"), Edit("Theirs"));
        await store.Segments.SaveAsync(Contributor, theirs, Token);

        Assert.Contains(
            "Someone else changed",
            await SourceStore.RefusalAsync(() => store.Segments.SaveAsync(Contributor, mine, Token)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_segment_in_use_keeps_its_source_and_is_not_removed()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var other = await store.AddDatabaseAsync("CREATE TABLE t(id); INSERT INTO t VALUES (1)", "t");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        await using (var db = await store.Store.OpenAsync())
        {
            db.Set<Export>()
                .Add(
                    new Export
                    {
                        Name = "Weekly",
                        SourceId = source.Id,
                        ListId = "L",
                        ListName = "L",
                        EmailField = "id",
                        CreatedBy = "a",
                        Segments = [await db.Set<Segment>().SingleAsync()],
                    }
                );
            await db.SaveChangesAsync();
        }

        Assert.Contains(
            "used by Weekly",
            await SourceStore.RefusalAsync(() => store.Segments.RemoveAsync(SourceStore.Administrator, segment.Id, Token)),
            StringComparison.Ordinal
        );
        var moved = new SegmentDraft
        {
            Id = segment.Id,
            Name = "Locals",
            SourceId = other.Id,
            Definition = segment.Definition,
            Version = segment.Version,
        };
        Assert.Contains(
            "Used by Weekly",
            await SourceStore.RefusalAsync(() => store.Segments.SaveAsync(SourceStore.Administrator, moved, Token)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Segments_are_listed_by_name()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        foreach (var name in (string[])["Regulars", "Guests", "Staff"])
        {
            var draft = Draft(source.Id);
            draft.Name = name;
            await store.Segments.SaveAsync(Contributor, draft, Token);
        }

        Assert.Equal(["Guests", "Regulars", "Staff"], (await store.Segments.ListAsync(Token)).Select(segment => segment.Name));
    }

    [Fact]
    public async Task An_unused_segment_can_get_another_source_and_the_audit_records_the_change()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var another = await store.AddDatabaseAsync("CREATE TABLE people(id TEXT); INSERT INTO people VALUES (1), (2)", "people");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        var draft = Draft(another.Id);
        (draft.Id, draft.Version, draft.Name) = (segment.Id, segment.Version, new string('n', 100));

        var changed = await store.Segments.SaveAsync(Contributor, draft, Token);

        Assert.Equal((another.Id, 2, draft.Name), (changed.SourceId, changed.MemberCount, changed.Name));
        await using var db = await store.Store.OpenAsync();
        Assert.Equal(
            ["Segments.Added", "Segments.Changed"],
            await db.Set<AuditEntry>()
                .Where(entry => entry.Action.StartsWith("Segments"))
                .OrderBy(entry => entry.Id)
                .Select(entry => entry.Action)
                .ToListAsync()
        );
    }

    [Fact]
    public async Task A_removed_segment_comes_back_as_it_was_with_its_history()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n2\n");
        var before = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        var counts = await store.Segments.HistoryAsync(before.Id, 90, Token);

        var removed = await store.Segments.RemoveAsync(Contributor, before.Id, Token);
        var id = await store.Segments.RestoreAsync(SourceStore.Administrator, removed, Token);

        var after = await store.Segments.GetAsync(id, Token);
        Assert.Equal(
            (before.Name, before.MemberCount, before.CountedAt, before.CreatedAt, "Cara"),
            (after.Name, after.MemberCount, after.CountedAt, after.CreatedAt, after.CreatedBy)
        );
        Assert.Equal(JsonSerializer.Serialize(before.Definition), JsonSerializer.Serialize(after.Definition));
        Assert.Equal(
            counts.Select(count => (count.Day, count.Members)),
            (await store.Segments.HistoryAsync(id, 90, Token)).Select(count => (count.Day, count.Members))
        );
        Assert.NotEmpty(counts);
    }

    [Fact]
    public async Task A_removed_segment_does_not_come_back_when_its_name_was_taken_or_its_source_is_gone()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        var removed = await store.Segments.RemoveAsync(Contributor, segment.Id, Token);
        var another = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);

        Assert.Contains(
            "A segment named Locals already exists",
            await SourceStore.RefusalAsync(() => store.Segments.RestoreAsync(Contributor, removed, Token)),
            StringComparison.Ordinal
        );
        await store.Segments.RemoveAsync(Contributor, another.Id, Token);
        await store.Sources.RemoveAsync(SourceStore.Administrator, source.Id, Token);
        await Assert.ThrowsAsync<SourceException>(() => store.Segments.RestoreAsync(Contributor, removed, Token));
        Assert.Empty(await store.Segments.ListAsync(Token));
    }

    [Fact]
    public async Task An_unused_segment_is_removed_and_the_audit_names_the_person()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        await store.Segments.RemoveAsync(Contributor, segment.Id, Token);

        Assert.Empty(await store.Segments.ListAsync(Token));
        await using var db = await store.Store.OpenAsync();
        Assert.Equal(
            [("Segments.Added", "Cara"), ("Segments.Removed", "Cara")],
            await db.Set<AuditEntry>()
                .Where(entry => entry.Action.StartsWith("Segments"))
                .OrderBy(entry => entry.Id)
                .Select(entry => ValueTuple.Create(entry.Action, entry.ActorName))
                .ToListAsync()
        );
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task People_other_than_contributors_see_only_counts(Role role)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var segment = await store.Segments.SaveAsync(Contributor, Draft(source.Id), Token);
        var actor = new Actor("x", "X", role);
        Func<Task>[] actions =
        [
            () => store.Segments.SaveAsync(actor, Draft(source.Id), Token),
            () => store.Segments.RemoveAsync(actor, segment.Id, Token),
            () => store.Segments.CountAsync(actor, source.Id, segment.Definition, Token),
            () => store.Segments.PreviewAsync(actor, source.Id, segment.Definition, ["id"], 20, Token),
            () => store.Sources.TablesAsync(actor, source.Id, Token),
        ];
        foreach (var action in actions)
            await Assert.ThrowsAsync<NotAllowedException>(action);
        Assert.Equal(1, Assert.Single(await store.Segments.ListAsync(Token)).MemberCount);
    }

    private static SegmentDraft Draft(int sourceId, SegmentDefinition? definition = null) =>
        new()
        {
            Name = " Locals ",
            SourceId = sourceId,
            Definition = definition ?? new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
        };
}
