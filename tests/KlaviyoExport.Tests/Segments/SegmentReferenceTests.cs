using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Segments;

/// <summary>Segments that refer to other segments, and selections that exclude segments.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class SegmentReferenceTests(MessyCustomers customers) : IClassFixture<MessyCustomers>
{
    private const string Orders = """
        CREATE TABLE orders(id varchar(10), city varchar(20), year int);
        INSERT INTO orders VALUES ('a', 'Vic', 2020), ('a', 'Reus', 2026), ('b', 'Vic', 2020), ('c', 'Reus', 2026), ('d', NULL, NULL);
        CREATE TABLE chosen(id varchar(10)); INSERT INTO chosen VALUES ('b'), ('c')
        """;

    private static readonly Actor Contributor = new("c", "Cara", Role.Contributor);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Membership_of_another_segment_is_the_same_in_every_kind_of_source()
    {
        foreach (var (name, source) in customers.Sources)
        {
            var store = customers.Store;
            var inner = await SaveAsync(store, source, $"Inner {name}", new Condition("text", Operator.Contains, ["a"]));
            var middle = await SaveAsync(store, source, $"Middle {name}", new SegmentCondition(inner.Id, IsMember: false), None("whole"));
            var whole = await CountAsync(store, source, new ConditionGroup(GroupKind.All, []));
            var within = await CountAsync(store, source, inner.Definition);

            Assert.Equal((name, whole - within), (name, await CountAsync(store, source, new SegmentCondition(inner.Id, false))));
            Assert.Equal((name, within), (name, await CountAsync(store, source, new SegmentCondition(inner.Id, true))));
            Assert.Equal(
                (name, await CountAsync(store, source, None("text", "a"), None("whole"))),
                (name, await CountAsync(store, source, new SegmentCondition(middle.Id, true)))
            );
            var everybody = Unsaved(source, new ConditionGroup(GroupKind.All, []));
            Assert.Equal(
                (name, whole - within),
                (name, await store.Reader.CountAsync(source, new SegmentSelection([everybody], [inner]), Cancel))
            );
        }

        static ConditionGroup None(string field, string text = "1") =>
            new(GroupKind.None, [new Condition(field, Operator.Contains, [text])]);
    }

    [Fact]
    public async Task The_key_decides_about_another_segment_when_it_has_several_rows()
    {
        await ForEachDatabaseAsync(
            async (store, source) =>
            {
                var old = await SaveAsync(store, source, "Old", new Condition("year", Operator.Less, ["2025"]));
                var reus = new Condition("city", Operator.Equal, ["Reus"]);

                Assert.Equal("a", await KeysAsync(store, source, [reus, new SegmentCondition(old.Id, IsMember: true)]));
                Assert.Equal("c", await KeysAsync(store, source, [reus, new SegmentCondition(old.Id, IsMember: false)]));
                Assert.Equal("cd", await KeysAsync(store, source, [], old));
                Assert.Equal("c", await KeysAsync(store, source, [reus], old));
            }
        );
    }

    [Fact]
    public async Task A_table_of_keys_can_be_referred_to_and_excluded()
    {
        await ForEachDatabaseAsync(
            async (store, source) =>
            {
                var table = source.Kind.IsServer() ? "public.chosen" : "chosen";
                var chosen = await SaveAsync(store, source, "Chosen", new MembershipSegment(table, ["id"]));
                var reus = new Condition("city", Operator.Equal, ["Reus"]);

                Assert.Equal("c", await KeysAsync(store, source, [reus, new SegmentCondition(chosen.Id, IsMember: true)]));
                Assert.Equal("ad", await KeysAsync(store, source, [new SegmentCondition(chosen.Id, IsMember: false)]));
                Assert.Equal("ad", await KeysAsync(store, source, [], chosen));
            }
        );
    }

    [Fact]
    public async Task Whoever_is_found_is_told_to_be_a_member_or_excluded_exactly_as_a_run_reads_it()
    {
        await ForEachDatabaseAsync(
            async (store, source) =>
            {
                var old = await SaveAsync(store, source, "Old", new Condition("year", Operator.Less, ["2025"]));
                var reus = new Condition("city", Operator.Equal, ["Reus"]);
                var segment = Unsaved(source, new ConditionGroup(GroupKind.All, [reus, new SegmentCondition(old.Id, IsMember: false)]));
                var everybody = Unsaved(source, new ConditionGroup(GroupKind.All, []));
                everybody.Id = -1;
                foreach (var (key, isMember, isExcluded) in new[] { ("a", false, true), ("b", false, true), ("c", true, false) })
                {
                    var rows = await store.Store.Get<ProfileLookup>().FindAsync(source, "city", [], [segment, old, everybody], key, Cancel);
                    Assert.Equal(isMember, Assert.Single(rows.Under([segment], ["city"])).IsMember);
                    var found = Assert.Single(rows.Under(new SegmentSelection([everybody], [old]), ["city"]));
                    Assert.Equal((!isExcluded, isExcluded ? "Old" : null), (found.IsMember, found.ExcludedBy?.Name));
                }
                var verdict = (await store.Store.Get<ProfileLookup>().FindAsync(source, "city", [], [segment], "a", Cancel))
                    .Under([segment], ["city"])[0]
                    .Segments[0];
                var deciding = Assert.Single(verdict.Deciding);
                Assert.Equal(
                    ("year", "2020", false, "Old"),
                    (deciding.Condition?.Field, deciding.Value, deciding.IsSought, deciding.Through[0])
                );
            }
        );
    }

    [Fact]
    public async Task A_circle_is_refused_with_its_chain_even_when_two_people_save_at_the_same_time()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var one = await SaveAsync(store, source, "One", new Condition("id", Operator.IsNotEmpty, []));
        var two = await SaveAsync(store, source, "Two", new SegmentCondition(one.Id, IsMember: true));

        Assert.Contains("One → Two → One", await SourceStore.RefusalAsync(() => ReferAsync(one, two)), StringComparison.Ordinal);
        Assert.Contains("One → One", await SourceStore.RefusalAsync(() => ReferAsync(one, one)), StringComparison.Ordinal);

        var (left, right) = (await SaveAsync(store, source, "Left"), await SaveAsync(store, source, "Right"));
        var saves = await Task.WhenAll(TryAsync(() => ReferAsync(left, right)), TryAsync(() => ReferAsync(right, left)));
        Assert.Single(saves, saved => saved is null);
        Assert.Contains("Left", Assert.Single(saves.OfType<LocalizedException>()).LocalizedMessage.ToString(), StringComparison.Ordinal);

        Task ReferAsync(Segment segment, Segment to) =>
            store.Segments.SaveAsync(
                Contributor,
                new SegmentDraft
                {
                    Id = segment.Id,
                    Name = segment.Name,
                    SourceId = source.Id,
                    Version = segment.Version,
                    Definition = Of(new SegmentCondition(to.Id, IsMember: true)),
                },
                Cancel
            );

        static async Task<LocalizedException?> TryAsync(Func<Task> act)
        {
            try
            {
                await act();
                return null;
            }
            catch (LocalizedException refused)
            {
                return refused;
            }
        }
    }

    [Fact]
    public async Task Broken_references_in_the_store_fail_with_the_name_of_the_segment()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var one = await SaveAsync(store, source, "One");
        var two = await SaveAsync(store, source, "Two", new SegmentCondition(one.Id, IsMember: true));

        await BreakAsync(new SegmentCondition(two.Id, IsMember: true));
        Assert.Contains("Two → One → Two", await ReadAsync(), StringComparison.Ordinal);
        await BreakAsync(new SegmentCondition(99, IsMember: true));
        Assert.Equal(
            "Segment Two cannot be read: Segment One cannot be read: It refers to a segment that no longer exists. "
                + "Choose another segment or remove the condition.",
            await ReadAsync()
        );
        await BreakAsync(new Condition("gone", Operator.IsEmpty, []));
        Assert.StartsWith(
            "Segment Two cannot be read: Segment One cannot be read: The source no longer has the field gone.",
            await ReadAsync(),
            StringComparison.Ordinal
        );

        async Task BreakAsync(ConditionNode node)
        {
            await using var db = await store.Store.OpenAsync();
            (await db.Set<Segment>().SingleAsync(segment => segment.Id == one.Id, Cancel)).Definition = Of(node);
            await db.SaveChangesAsync(Cancel);
        }

        async Task<string> ReadAsync() => await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, [two], Cancel));
    }

    [Fact]
    public async Task A_segment_that_another_one_uses_is_named_as_used_and_not_removed()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var one = await SaveAsync(store, source, "One");
        var two = await SaveAsync(store, source, "Two", new SegmentCondition(one.Id, IsMember: false));

        Assert.Equal(
            [new SegmentUser(SegmentUserKind.Segment, two.Id, "Two", true)],
            await store.Segments.UsersAsync(Contributor, one.Id, Cancel)
        );
        Assert.Contains(
            "One is used by Two",
            await SourceStore.RefusalAsync(() => store.Segments.RemoveAsync(Contributor, one.Id, Cancel)),
            StringComparison.Ordinal
        );
        var removed = await store.Segments.RemoveAsync(Contributor, two.Id, Cancel);
        await store.Segments.RemoveAsync(Contributor, one.Id, Cancel);
        await Assert.ThrowsAsync<SegmentUnreadableException>(() => store.Segments.RestoreAsync(Contributor, removed, Cancel));
    }

    [Fact]
    public async Task Too_many_conditions_together_are_refused_however_few_each_segment_has()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var segment = await SaveAsync(store, source, "S0", new Condition("id", Operator.IsNotEmpty, []));
        for (var i = 1; i <= 7; i++)
            segment = await SaveAsync(store, source, $"S{i}", Twice(segment));

        Assert.Contains(
            "more than 500 conditions",
            await SourceStore.RefusalAsync(() => SaveAsync(store, source, "S8", Twice(segment))),
            StringComparison.Ordinal
        );

        static ConditionNode[] Twice(Segment one) => [new SegmentCondition(one.Id, true), new SegmentCondition(one.Id, true)];
    }

    [Fact]
    public void Segments_are_ordered_after_those_that_they_refer_to()
    {
        Segment[] segments =
        [
            Numbered(1, new SegmentCondition(3, true)),
            Numbered(2),
            Numbered(3, new SegmentCondition(4, false)),
            Numbered(4),
            Numbered(5, new SegmentCondition(6, true)),
            Numbered(6, new SegmentCondition(5, true)),
        ];

        Assert.Equal([4, 3, 1, 2, 6, 5], SegmentOrder.Of(segments).Select(segment => segment.Id));

        static Segment Numbered(int id, params ConditionNode[] parts) =>
            new()
            {
                Id = id,
                Name = "x",
                CreatedBy = "x",
                Definition = Of(parts),
            };
    }

    private static async Task ForEachDatabaseAsync(Func<SourceStore, Source, Task> test)
    {
        await using var store = await SourceStore.CreateAsync();
        await test(store, await store.AddDatabaseAsync(Orders, "orders"));
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_POSTGRES")))
            return;
        await using var other = await SourceStore.CreateAsync();
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await database.ExecuteAsync(Orders);
        await test(other, await other.AddAsync(database.Draft(SourceKind.PostgreSql, "public.orders")));
    }

    private static ConditionSegment Of(params IReadOnlyList<ConditionNode> parts) => new(new ConditionGroup(GroupKind.All, parts));

    private static Segment Unsaved(Source source, ConditionGroup root) =>
        new()
        {
            Name = "Unsaved",
            SourceId = source.Id,
            CreatedBy = "x",
            Definition = new ConditionSegment(root),
        };

    private static Task<Segment> SaveAsync(SourceStore store, Source source, string name, params ConditionNode[] parts) =>
        SaveAsync(store, source, name, Of(parts));

    private static Task<Segment> SaveAsync(SourceStore store, Source source, string name, SegmentDefinition definition) =>
        store.Segments.SaveAsync(
            Contributor,
            new SegmentDraft
            {
                Name = name,
                SourceId = source.Id,
                Definition = definition,
            },
            Cancel
        );

    private static Task<long> CountAsync(SourceStore store, Source source, params ConditionNode[] parts) =>
        CountAsync(store, source, Of(parts));

    private static Task<long> CountAsync(SourceStore store, Source source, SegmentDefinition definition) =>
        store.Reader.CountAsync(source, definition, Cancel);

    private static async Task<string> KeysAsync(
        SourceStore store,
        Source source,
        IReadOnlyList<ConditionNode> parts,
        params Segment[] excluded
    )
    {
        var keys = new List<string>();
        var selection = new SegmentSelection([Unsaved(source, new ConditionGroup(GroupKind.All, parts))], excluded);
        await foreach (var profile in store.Reader.ReadAsync(source, selection, ["city"], Cancel))
            keys.Add(profile.Key);
        Assert.Equal(keys.Count, await store.Reader.CountAsync(source, selection, Cancel));
        return string.Concat(keys);
    }
}
