using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.Segments;

/// <summary>
/// What a database server sends for a segment. <see cref="EveryKindTests"/> tests that nobody is lost by what it does not send.
/// </summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class PushdownTests : IAsyncLifetime
{
    private const string Customers = """
        CREATE TABLE people(id int PRIMARY KEY, country text, city varchar(40), age int, joined date);
        INSERT INTO people SELECT i, CASE WHEN i % 100 = 0 THEN ' rs ' ELSE 'de' END, CASE WHEN i = 7 THEN 'Niš' WHEN i % 2 = 0 THEN 'Berlin' END,
            i % 90, DATE '2026-01-01' + i % 300
        FROM generate_series(1, 1000) AS i
        """;

    private ServerDatabase _database = null!;
    private SourceStore _store = null!;
    private Source _source = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ServerDatabase.PostgreSqlAsync();
        _store = await SourceStore.CreateAsync();
        _source = await _store.AddPostgreSqlAsync(_database, Customers, "public.people");
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _database.DisposeAsync();
    }

    public static TheoryData<string, Operator, string, long, long> Selected =>
        [
            ("country", Operator.Equal, "RS", 10, 10),
            ("country", Operator.InList, "rs", 10, 10),
            ("country", Operator.Contains, "S", 10, 10),
            ("city", Operator.StartsWith, "ber", 500, 501),
            ("city", Operator.EndsWith, "Iš", 1, 1),
            ("city", Operator.Contains, "%", 0, 1),
            ("age", Operator.Less, "1", 11, 11),
            ("joined", Operator.On, "2026-01-02", 4, 4),
        ];

    [Theory]
    [MemberData(nameof(Selected))]
    public async Task A_server_sends_only_the_rows_that_may_meet_a_condition(
        string field,
        Operator @operator,
        string value,
        long members,
        long rows
    )
    {
        var count = await CountAsync(All(new Condition(field, @operator, [value])));

        Assert.Equal((members, rows), (count.Members, count.Reading!.RowsRead));
        Assert.Equal([new ConditionReading(field, @operator, Pushdown.Values)], count.Reading.Conditions);
    }

    [Fact]
    public async Task A_part_of_a_number_is_tested_by_the_product()
    {
        var count = await CountAsync(All(new Condition("age", Operator.Contains, ["89"])));

        Assert.Equal((11, 1_000), (count.Members, count.Reading!.RowsRead));
        Assert.Equal([new ConditionReading("age", Operator.Contains, Pushdown.Filled)], count.Reading.Conditions);
    }

    [Fact]
    public async Task An_alternative_that_the_server_cannot_decide_makes_it_send_all_rows()
    {
        Condition country = new("country", Operator.Equal, ["RS"]);
        Condition city = new("city", Operator.NotEqual, ["Berlin"]);

        var count = await CountAsync(new ConditionGroup(GroupKind.Any, [country, city]));

        Assert.Equal(1_000, count.Reading!.RowsRead);
        Assert.All(count.Reading.Conditions, condition => Assert.Equal(Pushdown.None, condition.Pushdown));
    }

    [Fact]
    public async Task A_condition_beside_one_that_the_server_cannot_decide_still_narrows()
    {
        Condition country = new("country", Operator.Equal, ["RS"]);
        Condition city = new("city", Operator.NotEqual, ["Berlin"]);

        var count = await CountAsync(All(city, country));

        Assert.Equal((0, 10), (count.Members, count.Reading!.RowsRead));
        Assert.Equal([Pushdown.None, Pushdown.Values], count.Reading.Conditions.Select(condition => condition.Pushdown));
    }

    [Fact]
    public async Task A_value_that_is_not_ascii_is_not_looked_for_in_ascii_texts()
    {
        var count = await CountAsync(All(new Condition("city", Operator.InList, ["niš", "Čačak"])));

        Assert.Equal((1, 1), (count.Members, count.Reading!.RowsRead));
    }

    [Fact]
    public async Task The_last_count_of_a_segment_is_kept_with_what_it_read()
    {
        var segment = await _store.Segments.SaveAsync(
            SourceStore.Administrator,
            new SegmentDraft
            {
                Name = "Serbia",
                SourceId = _source.Id,
                Definition = new ConditionSegment(All(new Condition("country", Operator.Equal, ["RS"]))),
            },
            Cancel
        );
        await _database.ExecuteAsync("UPDATE people SET country = 'RS' WHERE id < 100");
        await _store.Segments.CountAsync(SourceStore.Administrator, segment.Id, Cancel);

        var row = Assert.Single(await _store.Segments.ReadingsAsync(SourceStore.Administrator, _source.Id, Cancel));

        Assert.Equal(("Serbia", 109, 109), (row.Name, row.Members, row.Reading?.RowsRead));
    }

    private static ConditionGroup All(params ConditionNode[] parts) => new(GroupKind.All, parts);

    private Task<MeasuredCount> CountAsync(ConditionGroup root) => _store.Reader.MeasureAsync(_source, new ConditionSegment(root), Cancel);
}
