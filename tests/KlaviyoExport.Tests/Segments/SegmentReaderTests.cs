using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.Segments;

public sealed class SegmentReaderTests
{
    private const string Customers = """"
        CREATE TABLE people(id, email TEXT, age INTEGER);
        INSERT INTO people VALUES (1, 'ax', 5), (10, 'CX', 7), (2, 'c', 6), (3, NULL, 3);
        CREATE TABLE vip(customer, since); INSERT INTO vip VALUES ('10', 1), (2, 1), (99, 1), (NULL, 1);
        CREATE VIEW "old ""vip""" AS SELECT customer AS "the key" FROM vip WHERE customer = 2
        """";

    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task The_members_of_several_segments_come_once_each_in_the_order_of_their_keys()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");
        Segment[] segments =
        [
            Segment(source, Is("email", Operator.Contains, "x")),
            Segment(source, Is("email", Operator.StartsWith, "c")),
            Segment(source, new MembershipSegment("vip", ["customer"])),
        ];

        var profiles = await ReadAsync(store, source, ["email", "age"], segments);

        Assert.Equal(
            [("1", "ax", "5"), ("10", "CX", "7"), ("2", "c", "6")],
            profiles.Select(profile => (profile.Key, profile.Values[0], profile.Values[1]))
        );
        Assert.Equal(3, await store.Reader.CountAsync(source, segments, Token));
    }

    [Fact]
    public async Task Without_segments_there_are_no_members()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");

        Assert.Empty(await ReadAsync(store, source, ["email"]));
        Assert.Equal(0, await store.Reader.CountAsync(source, [], Token));
    }

    [Fact]
    public async Task Groups_nest_all_and_any_and_an_empty_group_matches_everybody()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");
        var nested = new ConditionGroup(
            GroupKind.All,
            [
                new Condition("age", Operator.Greater, ["4"]),
                new ConditionGroup(
                    GroupKind.Any,
                    [
                        new Condition("email", Operator.Equal, ["C"]),
                        new ConditionGroup(
                            GroupKind.All,
                            [new Condition("id", Operator.Equal, ["1"]), new ConditionGroup(GroupKind.Any, [])]
                        ),
                    ]
                ),
            ]
        );

        Assert.Equal(
            ["1", "2"],
            (await ReadAsync(store, source, [], Segment(source, new ConditionSegment(nested)))).Select(profile => profile.Key)
        );
        Assert.Equal(4, await store.Reader.CountAsync(source, new ConditionSegment(new ConditionGroup(GroupKind.Any, [])), Token));
    }

    [Theory]
    [InlineData("vip", "customer", "10,2")]
    [InlineData("old \"vip\"", "the key", "2")]
    public async Task A_membership_table_or_view_names_the_members_by_their_keys(string table, string column, string keys)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");
        var definition = new MembershipSegment(table, [column]);

        Assert.Equal(
            keys,
            string.Join(',', (await ReadAsync(store, source, ["email"], Segment(source, definition))).Select(profile => profile.Key))
        );
        Assert.Equal(keys.Split(',').Length, await store.Reader.CountAsync(source, definition, Token));
    }

    [Theory]
    [InlineData("gone", "customer", "has no table or view gone")]
    [InlineData("vip", "gone", "has no column gone in vip")]
    [InlineData("vip; DROP TABLE people", "customer", "has no table or view vip; DROP TABLE people")]
    [InlineData("vip", "customer\" FROM vip; --", "has no column customer\" FROM vip; -- in vip")]
    [InlineData("(SELECT 1)", "1", "has no table or view (SELECT 1)")]
    [InlineData("", "", "Choose the membership table")]
    public async Task A_missing_membership_table_is_named(string table, string column, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, new MembershipSegment(table, [column]), Token)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_CSV_has_no_membership_tables()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");

        Assert.Contains(
            "is not a database",
            await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, new MembershipSegment("profiles", ["id"]), Token)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("mail")]
    [InlineData("EMAIL")]
    [InlineData("rowid")]
    [InlineData("email\" FROM people; --")]
    [InlineData("")]
    public async Task A_field_that_the_source_does_not_have_is_named(string field)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");

        Assert.Contains(
            $"Database has no field {field}.",
            await SourceStore.RefusalAsync(() => ReadAsync(store, source, [field], Segment(source, Is("email", Operator.IsEmpty)))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_segment_with_a_missing_field_is_named_with_the_field()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");

        Assert.Equal(
            "Segment VIP cannot be read: The source no longer has the field city. Choose another field or remove the condition.",
            await SourceStore.RefusalAsync(() => ReadAsync(store, source, ["email"], Segment(source, Is("city", Operator.Equal, "x"))))
        );
    }

    [Fact]
    public async Task A_segment_whose_field_changed_its_type_is_refused()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,age\n1,5\n");
        File.WriteAllText(source.Location, "id,age\n1,old\n");
        source = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Token);

        Assert.Contains(
            "age now has the type “text”, which does not support “is greater than”",
            await SourceStore.RefusalAsync(() =>
                store.Reader.CountAsync(source, [Segment(source, Is("age", Operator.Greater, "4"))], Token)
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_preview_shows_the_first_keys_and_each_key_once()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers + "; INSERT INTO people VALUES ('1', 'zz', 1), (1, 'aa', 1)", "people");

        var preview = await store.Reader.PreviewAsync(
            source,
            new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
            ["email"],
            3,
            Token
        );

        Assert.Equal([("1", "aa"), ("10", "CX"), ("2", "c")], preview.Select(profile => (profile.Key, profile.Values[0])));
    }

    [Fact]
    public async Task The_page_of_a_missing_source_says_so()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");
        File.Delete(source.Location);
        Assert.Contains(
            "There is no file",
            await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, [], Token)),
            StringComparison.Ordinal
        );

        var csv = await store.AddCsvTextAsync("id\n1\n");
        await store.Sources.RemoveAsync(SourceStore.Administrator, csv.Id, Token);
        Assert.Contains(
            "has been removed",
            await SourceStore.RefusalAsync(() => store.Reader.CountAsync(csv, [], Token)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_database_damaged_in_the_middle_ends_the_read_with_a_message()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE t(id TEXT, name TEXT); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, hex(randomblob(20)) FROM n",
            "t"
        );
        using (var file = File.OpenWrite(source.Location))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[40_960]);
        }

        Assert.Contains("damaged", await SourceStore.RefusalAsync(() => store.ReadAllAsync(source)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_read_and_a_count()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE t(id); INSERT INTO t VALUES (1); CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n",
            "t"
        );
        source.Table = "endless";
        using var cancellation = new CancellationTokenSource();
        var count = store.Reader.CountAsync(source, new ConditionSegment(new ConditionGroup(GroupKind.All, [])), cancellation.Token);
        Assert.False(count.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => count);
    }

    [Fact]
    public async Task Segments_of_another_source_are_a_bug_of_the_caller()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(Customers, "people");
        var stranger = Segment(source, Is("email", Operator.IsEmpty));
        stranger.SourceId++;

        await Assert.ThrowsAsync<ArgumentException>(() => store.Reader.CountAsync(source, [stranger], Token));
    }

    internal static ConditionSegment Is(string field, Operator @operator, params string[] values) =>
        new(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)]));

    private static Segment Segment(Source source, SegmentDefinition definition) =>
        new()
        {
            Name = "VIP",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = definition,
        };

    private static async Task<List<Profile>> ReadAsync(
        SourceStore store,
        Source source,
        IReadOnlyList<string> fields,
        params Segment[] segments
    )
    {
        var profiles = new List<Profile>();
        await foreach (var profile in store.Reader.ReadAsync(source, segments, fields, Token))
            profiles.Add(profile);
        return profiles;
    }
}
