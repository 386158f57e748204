using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.Segments;

/// <summary>Each operator with each type that offers it, for the same profiles in a CSV file and in a database.</summary>
public sealed class OperatorTests
{
    private const string Csv = """
        id,text,whole,number,active,day,moment
        a,Núria,5,1.5,yes,2026-11-20,2026-11-20T23:30:00-01:00
        b,nuria,-3,2,No,22.11.2026.,2026-11-22 08:00
        c,ЖУЋКО 100%_x,12,10.25,TRUE,2026-11-15,2026-11-15
        d,,,,,,
        e,   ,0,-0.5,f,2026-12-01,2026-12-01T00:00:00Z
        f,"it's ""x"" \ y",9007199254740993,1e3,n,1999-01-01,1999-01-01T12:00Z
        """;

    private const string Sql = """
        CREATE TABLE people(id TEXT, text, whole, number, active BOOLEAN, day, moment);
        INSERT INTO people VALUES
        ('a', 'Núria', 5, 1.5, 'yes', '2026-11-20', '2026-11-20T23:30:00-01:00'),
        ('b', 'nuria', -3, 2, 'No', '22.11.2026.', '2026-11-22 08:00'),
        ('c', 'ЖУЋКО 100%_x', '12', 10.25, 1, '2026-11-15', '2026-11-15'),
        ('d', NULL, NULL, NULL, NULL, NULL, NULL),
        ('e', '   ', 0, -0.5, 0, '2026-12-01', '2026-12-01T00:00:00Z'),
        ('f', 'it''s "x" \ y', 9007199254740993, 1e3, 'n', '1999-01-01', '1999-01-01T12:00Z')
        """;

    public static TheoryData<string, string, Operator, string[]> Cases =>
        new()
        {
            { "a", "text", Operator.Equal, ["NÚRIA"] },
            { "a", "text", Operator.Equal, [" Nu\u0301ria "] },
            { "b", "text", Operator.Equal, ["NURIA"] },
            { "c", "text", Operator.Equal, ["жућко 100%_X"] },
            { "bcdef", "text", Operator.NotEqual, ["núria"] },
            { "abcdef", "text", Operator.NotEqual, ["nobody"] },
            { "ab", "text", Operator.Contains, ["RIA"] },
            { "c", "text", Operator.Contains, ["0%_"] },
            { "", "text", Operator.Contains, ["1%x"] },
            { "", "text", Operator.Contains, ["1_0"] },
            { "f", "text", Operator.Contains, ["'S \"X\" \\"] },
            { "b", "text", Operator.StartsWith, ["NU"] },
            { "c", "text", Operator.StartsWith, ["жућ"] },
            { "", "text", Operator.StartsWith, ["%"] },
            { "ac", "text", Operator.InList, ["nÚria", "Жућко 100%_x", "', 'nuria"] },
            { "cdef", "text", Operator.NotContains, ["RIA"] },
            { "acdef", "text", Operator.NotStartsWith, ["NU"] },
            { "ab", "text", Operator.EndsWith, ["RIA "] },
            { "c", "text", Operator.EndsWith, ["_X"] },
            { "", "text", Operator.EndsWith, ["%"] },
            { "cdef", "text", Operator.NotEndsWith, ["ria"] },
            { "bdef", "text", Operator.NotInList, ["nÚria", "Жућко 100%_x"] },
            { "de", "text", Operator.IsEmpty, [] },
            { "abcf", "text", Operator.IsNotEmpty, [] },
            { "a", "whole", Operator.Equal, ["5"] },
            { "a", "whole", Operator.Equal, [" +5 "] },
            { "f", "whole", Operator.Equal, ["9007199254740993"] },
            { "", "whole", Operator.Equal, ["9007199254740992"] },
            { "bcdef", "whole", Operator.NotEqual, ["5"] },
            { "cf", "whole", Operator.Greater, ["5"] },
            { "b", "whole", Operator.Less, ["0"] },
            { "ace", "whole", Operator.Between, ["0", "12"] },
            { "bcf", "whole", Operator.InList, ["-3", "12", "9007199254740993", "77"] },
            { "bdf", "whole", Operator.NotBetween, ["0", "12"] },
            { "ade", "whole", Operator.NotInList, ["-3", "12", "9007199254740993", "77"] },
            { "bf", "whole", Operator.EndsWith, ["3"] },
            { "f", "whole", Operator.StartsWith, ["900"] },
            { "ac", "whole", Operator.Between, ["1", "100"] },
            { "d", "whole", Operator.IsEmpty, [] },
            { "abcef", "whole", Operator.IsNotEmpty, [] },
            { "b", "number", Operator.Equal, ["2.00"] },
            { "acdef", "number", Operator.NotEqual, ["2"] },
            { "cf", "number", Operator.Greater, ["2"] },
            { "ae", "number", Operator.Less, ["2"] },
            { "abc", "number", Operator.Between, ["1.5", "10.25"] },
            { "acf", "number", Operator.InList, ["1.50", "10.25", "1000"] },
            { "e", "number", Operator.Contains, ["0.5"] },
            { "d", "number", Operator.IsEmpty, [] },
            { "ac", "active", Operator.Equal, ["true"] },
            { "bef", "active", Operator.Equal, ["false"] },
            { "bdef", "active", Operator.NotEqual, ["true"] },
            { "d", "active", Operator.IsEmpty, [] },
            { "b", "day", Operator.On, ["2026-11-22"] },
            { "acdef", "day", Operator.NotEqual, ["2026-11-22"] },
            { "cf", "day", Operator.Before, ["2026-11-20"] },
            { "be", "day", Operator.After, ["2026-11-20"] },
            { "abc", "day", Operator.Between, ["2026-11-15", "2026-11-22"] },
            { "abc", "day", Operator.InLastDays, ["7"] },
            { "ab", "day", Operator.InLastDays, ["6"] },
            { "b", "day", Operator.InLastDays, ["1"] },
            { "abcf", "day", Operator.InLastDays, ["36500"] },
            { "cdef", "day", Operator.NotInLastDays, ["6"] },
            { "be", "day", Operator.InNextDays, ["9"] },
            { "b", "day", Operator.InNextDays, ["8"] },
            { "b", "day", Operator.Anniversary, ["0"] },
            { "ab", "day", Operator.Anniversary, ["2"] },
            { "abce", "day", Operator.Anniversary, ["38"] },
            { "abcef", "day", Operator.Anniversary, ["40"] },
            { "def", "day", Operator.NotBetween, ["2026-11-15", "2026-11-22"] },
            { "d", "day", Operator.IsEmpty, [] },
            { "a", "moment", Operator.On, ["2026-11-21"] },
            { "", "moment", Operator.On, ["2026-11-20"] },
            { "cf", "moment", Operator.Before, ["2026-11-21"] },
            { "be", "moment", Operator.After, ["2026-11-21"] },
            { "ab", "moment", Operator.InLastDays, ["1"] },
            { "abcef", "moment", Operator.IsNotEmpty, [] },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_operator_finds_its_members_in_a_CSV_and_in_a_database(
        string members,
        string field,
        Operator @operator,
        string[] values
    )
    {
        await using var store = await SourceStore.CreateAsync(
            new TestClock(new DateTimeOffset(2026, 11, 23, 0, 30, 0, TimeSpan.FromHours(1)))
        );
        var definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)]));
        foreach (var source in new[] { await store.AddCsvTextAsync(Csv), await store.AddDatabaseAsync(Sql, "people") })
        {
            Assert.Equal(members, string.Concat((await store.ReadAllAsync(source, definition)).Select(profile => profile.Key)));
            Assert.Equal(members.Length, await store.Reader.CountAsync(source, definition, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Field_types_are_equal_in_both_sources()
    {
        await using var store = await SourceStore.CreateAsync();
        FieldType[] types =
        [
            FieldType.Text,
            FieldType.Text,
            FieldType.WholeNumber,
            FieldType.Number,
            FieldType.YesNo,
            FieldType.Date,
            FieldType.Moment,
        ];

        Assert.Equal(types, (await store.AddCsvTextAsync(Csv)).Fields.Select(field => field.Type));
        Assert.Equal(types, (await store.AddDatabaseAsync(Sql, "people")).Fields.Select(field => field.Type));
    }

    [Fact]
    public void Every_operator_is_offered_for_some_type_and_tested()
    {
        var offered = Enum.GetValues<FieldType>().SelectMany(Operators.For).ToHashSet();

        Assert.Equal(Enum.GetValues<Operator>(), offered.Order());
        Assert.Equal(offered, Cases.Select(row => row.Data.Item3).ToHashSet());
    }

    [Fact]
    public void A_not_operator_is_offered_with_its_opposite_and_takes_the_same_values()
    {
        foreach (var type in Enum.GetValues<FieldType>())
        foreach (var negation in Operators.For(type).Where(one => Operators.OppositeOf(one) is not null && one != Operator.NotEqual))
        {
            var opposite = Operators.OppositeOf(negation)!.Value;
            Assert.Contains(opposite, Operators.For(type));
            Assert.Equal(
                (Operators.ArityOf(opposite), Operators.ValueType(opposite, type)),
                (Operators.ArityOf(negation), Operators.ValueType(negation, type))
            );
        }
    }

    [Fact]
    public async Task A_value_that_is_neither_number_nor_date_meets_only_negations()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync("CREATE TABLE t(id TEXT, n, d); INSERT INTO t VALUES ('a', 1, '2026-01-01')", "t");
        store.WriteDatabase("customers.db", "INSERT INTO t VALUES ('b', 'many', 'soon'), ('c', NULL, NULL)");
        Task<long> Count(string field, Operator @operator, params string[] values) =>
            store.Reader.CountAsync(
                source,
                new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)])),
                CancellationToken.None
            );

        Assert.Equal(1, await Count("n", Operator.Less, "5"));
        Assert.Equal(2, await Count("n", Operator.NotEqual, "1"));
        Assert.Equal(2, await Count("n", Operator.NotBetween, "0", "5"));
        Assert.Equal(2, await Count("n", Operator.NotInList, "1", "2"));
        Assert.Equal(3, await Count("d", Operator.NotInLastDays, "1"));
        Assert.Equal(0, await Count("d", Operator.Anniversary, "0"));
        Assert.Equal(1, await Count("d", Operator.Before, "2027-01-01"));
        Assert.Equal(1, await Count("d", Operator.IsEmpty));
    }

    [Fact]
    public async Task A_list_of_ten_thousand_values_is_one_condition()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n" + string.Concat(Enumerable.Range(0, 3_000).Select(i => $"k{i},n{i}\n")));
        var definition = new ConditionSegment(
            new ConditionGroup(
                GroupKind.All,
                [new Condition("name", Operator.InList, [.. Enumerable.Range(1_000, 10_000).Select(i => $"N{i}")])]
            )
        );

        Assert.Equal(2_000, await store.Reader.CountAsync(source, definition, CancellationToken.None));
    }

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("x'); DROP TABLE profiles; --")]
    [InlineData("\" OR \"\" = \"")]
    [InlineData("%")]
    [InlineData("@v0")]
    [InlineData("]}\"', \\")]
    public async Task A_value_can_never_change_the_query(string hostile)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE profiles(id TEXT, name TEXT); INSERT INTO profiles VALUES ('a', 'x'), ('b', 'y')",
            "profiles"
        );
        foreach (var @operator in new[] { Operator.Equal, Operator.Contains, Operator.StartsWith, Operator.EndsWith, Operator.InList })
        {
            var definition = new ConditionSegment(
                new ConditionGroup(GroupKind.Any, [new Condition("name", @operator, [hostile]), new Condition("id", Operator.Equal, ["b"])])
            );
            Assert.Equal("b", Assert.Single(await store.ReadAllAsync(source, definition)).Key);
        }
    }
}
