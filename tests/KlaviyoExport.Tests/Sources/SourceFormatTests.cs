using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

/// <summary>What a source does with dates and numbers as people write them, for files and SQLite databases.</summary>
public sealed class SourceFormatTests : IAsyncLifetime
{
    private const string Csv =
        "id;born;paid;visit\n1;24/11/2026;1.234,50;03/04/2026\n2;01/02/1990;0,5;04/03/2026\n3;;;\n4;25/11/2026;12;\n";

    private readonly TestClock _clock = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private SourceStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await SourceStore.CreateAsync(_clock);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    public static TheoryData<string, Operator, string[], string> Conditions =>
        new()
        {
            { "born", Operator.On, ["1990-02-01"], "2" },
            { "born", Operator.On, ["1990-01-02"], "" },
            { "born", Operator.Before, ["2026-11-25"], "1 2" },
            { "born", Operator.InLastDays, ["1"], "1 4" },
            { "born", Operator.Between, ["1990-02-01", "2026-11-24"], "1 2" },
            { "paid", Operator.Greater, ["12"], "1" },
            { "paid", Operator.Less, ["1"], "2" },
            { "paid", Operator.Equal, ["1234.5"], "1" },
            { "paid", Operator.InList, ["0.5", "12"], "2 4" },
            { "paid", Operator.Contains, ["1.234,5"], "1" },
        };

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Conditions_compare_what_the_values_mean(string field, Operator @operator, string[] values, string members)
    {
        var definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)]));
        foreach (var source in new[] { await _store.AddCsvTextAsync(Csv), await AddDatabaseAsync() })
            Assert.Equal(
                (source.Kind, members),
                (source.Kind, string.Join(' ', (await _store.ReadAllAsync(source, definition)).Select(profile => profile.Key)))
            );
    }

    [Fact]
    public async Task Values_and_samples_keep_their_original_text()
    {
        var source = await _store.AddCsvTextAsync(Csv);

        Assert.Equal("24/11/2026", (await _store.ReadAllAsync(source))[0].Values[1]);
        Assert.Equal(["1.234,50", "0,5", "12"], source.Fields[2].Samples);
    }

    [Fact]
    public async Task A_persons_decision_turns_a_column_into_dates_and_survives_reloads()
    {
        var source = await _store.AddCsvTextAsync(Csv);
        Assert.Equal((FieldType.Text, FormatDoubtKind.DayOrder), (source.Fields[3].Type, source.Fields[3].Doubt!.Kind));

        await ChooseAsync(source.Id, new FormatChoice("visit") { Days = DayOrder.DayFirst });
        source = await _store.Sources.LoadAsync(SourceStore.Administrator, source.Id, CancellationToken.None);

        Assert.Equal(
            (FieldType.Date, DayOrder.DayFirst, null),
            (source.Fields[3].Type, source.Fields[3].Format.Days, source.Fields[3].Doubt)
        );
        var april = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("visit", Operator.On, ["2026-04-03"])]));
        Assert.Equal("1", Assert.Single(await _store.ReadAllAsync(source, april)).Key);
    }

    [Fact]
    public async Task A_decision_can_be_changed_and_taken_back()
    {
        var source = await _store.AddCsvTextAsync(Csv);
        await ChooseAsync(source.Id, new FormatChoice("visit") { Days = DayOrder.DayFirst });
        source = await ChooseAsync(source.Id, new FormatChoice("visit") { Days = DayOrder.MonthFirst });
        Assert.Equal(DayOrder.MonthFirst, source.Fields[3].Format.Days);

        source = await ChooseAsync(source.Id, new FormatChoice("visit"));

        Assert.Empty(source.Formats);
        Assert.Equal((FieldType.Text, FormatDoubtKind.DayOrder), (source.Fields[3].Type, source.Fields[3].Doubt!.Kind));
    }

    [Fact]
    public async Task A_test_shows_what_a_decision_would_do_and_saving_keeps_it()
    {
        var draft = new SourceDraft
        {
            Name = "Customers",
            Location = _store.Write("customers.csv", Csv),
            KeyColumns = ["id"],
            Formats = [new FormatChoice("visit") { Days = DayOrder.MonthFirst }],
        };
        var preview = await _store.Sources.TestAsync(SourceStore.Administrator, draft, CancellationToken.None);
        var source = await _store.Sources.SaveAsync(SourceStore.Administrator, draft, CancellationToken.None);

        Assert.Equal(FieldType.Date, preview.Fields[3].Type);
        Assert.Equal((FieldType.Date, DayOrder.MonthFirst), (source.Fields[3].Type, source.Fields[3].Format.Days));
        Assert.Equal(source.Formats, SourceDraft.Of(source).Formats);
    }

    [Fact]
    public async Task A_field_that_is_not_in_the_source_cannot_be_decided()
    {
        var source = await _store.AddCsvTextAsync(Csv);

        Assert.Contains(
            "gone",
            await SourceStore.RefusalAsync(() => ChooseAsync(source.Id, new FormatChoice("gone") { Days = DayOrder.DayFirst })),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_choice_of_sources_shows_no_values()
    {
        await _store.AddCsvTextAsync(Csv);

        var fields = Assert.Single(await _store.Sources.ChoicesAsync(CancellationToken.None)).Fields;

        Assert.All(fields, field => Assert.Null(field.Doubt));
    }

    [Fact]
    public async Task Numbers_that_a_database_stores_as_numbers_have_a_decimal_point_and_no_question()
    {
        var source = await _store.AddDatabaseAsync(
            "CREATE TABLE people(id TEXT, score REAL, any); INSERT INTO people VALUES ('1', 1.234, 1.234), ('2', 12.345, '1,5')",
            "people"
        );

        Assert.Equal((FieldType.Number, null), (source.Fields[1].Type, source.Fields[1].Doubt));
        Assert.Equal((FieldType.Text, null), (source.Fields[2].Type, source.Fields[2].Doubt));
    }

    private Task<Source> ChooseAsync(int id, FormatChoice choice) =>
        _store.Sources.ChooseFormatAsync(SourceStore.Administrator, id, choice, CancellationToken.None);

    private Task<Source> AddDatabaseAsync() =>
        _store.AddDatabaseAsync(
            "CREATE TABLE people(id TEXT, born DATE, paid DECIMAL, visit TEXT); INSERT INTO people VALUES "
                + "('1', '24/11/2026', '1.234,50', '03/04/2026'), ('2', '01/02/1990', '0,5', '04/03/2026'), ('3', NULL, NULL, NULL), "
                + "('4', '25/11/2026', 12, NULL)",
            "people"
        );
}
