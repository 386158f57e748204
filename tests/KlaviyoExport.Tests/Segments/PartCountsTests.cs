using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.Segments;

[Trait(Needs.Trait, Needs.Server)]
public sealed class PartCountsTests(MessyCustomers customers) : IClassFixture<MessyCustomers>
{
    private static readonly Actor Contributor = new("c", "Cara", Role.Contributor);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_part_is_counted_alone_and_with_the_members_that_it_drops_or_adds()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE t(id TEXT, city TEXT, age INT); INSERT INTO t VALUES "
                + "('a', 'Vic', 20), ('a', 'Vic', 21), ('b', 'Vic', 40), ('c', 'Reus', 20), ('d', 'Reus', 50), ('e', NULL, 20)",
            "t"
        );
        var root = new ConditionGroup(
            GroupKind.All,
            [
                new Condition("age", Operator.Less, ["45"]),
                new ConditionGroup(
                    GroupKind.Any,
                    [new Condition("city", Operator.Equal, ["Vic"]), new Condition("city", Operator.Equal, ["Reus"])]
                ),
                new ConditionGroup(GroupKind.None, [new Condition("age", Operator.Equal, ["40"])]),
            ]
        );

        Assert.Equal(["0: 4, 1", "1: 4, 1", "1.0: 2, -1", "1.1: 2, -1", "2: 4, 1", "2.0: 1, 1"], await CountAsync(store, source, root));
    }

    [Fact]
    public async Task The_counts_are_the_same_in_every_kind_of_source()
    {
        var root = new ConditionGroup(
            GroupKind.All,
            [
                .. Enumerable.Range(0, 12).Select(i => new Condition("text", Operator.NotContains, [$"{i}"])),
                new Condition("day", Operator.After, ["2000-01-01"]),
                new Condition("number", Operator.Greater, ["1"]),
            ]
        );
        var expected = await CountAsync(customers.Store, customers.Sources["CSV"], root);
        foreach (var (name, source) in customers.Sources)
            Assert.Equal((name, string.Join('|', expected)), (name, string.Join('|', await CountAsync(customers.Store, source, root))));
    }

    private static async Task<IEnumerable<string>> CountAsync(SourceStore store, Source source, ConditionGroup root) =>
        (await store.Store.Get<PartCounts>().CountAsync(Contributor, source.Id, new ConditionSegment(root), Cancel)).Select(count =>
            $"{string.Join('.', count.Path)}: {count.Alone}, {count.Dropped}"
        );
}
