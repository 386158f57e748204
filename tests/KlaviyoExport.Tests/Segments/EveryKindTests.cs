using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Segments;

/// <summary>
/// Every operator finds the same members in every kind of source, for all kinds of values. <see cref="OperatorTests"/> tests what each
/// operator finds.
/// </summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class EveryKindTests(MessyCustomers customers) : IClassFixture<MessyCustomers>
{
    private static readonly string[] Texts =
    [
        "núria",
        "NURIA",
        "жућко 100%_x",
        "100%",
        "100_",
        "a_b",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "padded",
        " padded ",
        "straße",
        "ss",
        "istanbul",
        "İ",
        "ı",
        "kelvin",
        "\u212A",
        "s",
        "ſ",
        "å",
        "\u212B",
        "🏛",
        "ǆ",
        "ћ",
        "DROP TABLE",
        "x",
        "null",
        "[",
        "œuvre",
        "line\nb",
        "' OR 1=1 --",
    ];

    private static readonly Dictionary<FieldType, string[]> Values = new()
    {
        [FieldType.Text] = Texts,
        [FieldType.WholeNumber] =
        [
            "5",
            " +5 ",
            "-3",
            "0",
            "9007199254740993",
            "9007199254740992",
            "100",
            "-9223372036854775808",
            "9223372036854775807",
        ],
        [FieldType.Number] =
        [
            "1.5",
            "2.00",
            "-0.5",
            "0",
            "0.1",
            "0.3",
            "0.30000000000000004",
            "1e3",
            "123456789.125",
            "1e300",
            "-1.7976931348623157e308",
            "5e-324",
        ],
        [FieldType.YesNo] = ["true", "No"],
        [FieldType.Date] = ["2026-11-20", "2026-11-21", "22.11.2026", "2026-11-15", "1999-01-01", "0001-01-01", "9999-12-31"],
    };

    public static TheoryData<string, Operator> Cases =>
        [
            .. MessyCustomers
                .Fields.Zip(MessyCustomers.Types)
                .SelectMany(column =>
                    Operators.For(column.Second).Select(@operator => new TheoryDataRow<string, Operator>(column.First, @operator))
                ),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_operator_finds_the_same_members_in_every_kind_of_source(string field, Operator @operator)
    {
        var type = Operators.ValueType(@operator, MessyCustomers.Types[Array.IndexOf(MessyCustomers.Fields, field)]);
        List<ConditionSegment> definitions =
        [
            .. ValuesFor(@operator, type)
                .Select(values => new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)]))),
        ];
        // A server's own numbers are written in one way, so a part of their text may differ.
        string[] names = [.. customers.Sources.Keys.Where(name => !IsPriceAsText(name))];
        var (counts, union) = (new List<long>(), new HashSet<string>());
        foreach (var definition in definitions)
        {
            var expected = await customers.KeysAsync("CSV", definition);
            foreach (var name in names)
                Assert.Equal((name, expected), (name, await customers.KeysAsync(name, definition)));
            var keys = expected.Split('|')[..^1];
            counts.Add(keys.Length);
            union.UnionWith(keys);
        }
        foreach (var name in names)
        {
            Assert.Equal((name, string.Join(' ', counts)), (name, string.Join(' ', await customers.CountEachAsync(name, definitions))));
            Assert.Equal((name, union.Count), (name, await customers.CountAsync(name, definitions)));
        }

        bool IsPriceAsText(string name) => field == "price" && type == FieldType.Text && IsNative(name);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whoever_does_not_meet_a_condition_is_in_a_group_of_none(string field, Operator @operator)
    {
        var type = Operators.ValueType(@operator, MessyCustomers.Types[Array.IndexOf(MessyCustomers.Fields, field)]);
        var condition = new Condition(field, @operator, ValuesFor(@operator, type).First());
        foreach (var name in customers.Sources.Keys)
        {
            var everybody = await customers.EverybodyAsync(name);
            var with = await customers.KeysAsync(name, new ConditionSegment(new ConditionGroup(GroupKind.All, [condition])));
            var without = await customers.KeysAsync(name, new ConditionSegment(new ConditionGroup(GroupKind.None, [condition])));
            Assert.Equal((name, Sorted(everybody)), (name, Sorted(with + without)));
        }

        static string Sorted(string keys) => string.Join('|', keys.Split('|').Order(StringComparer.Ordinal));
    }

    public static TheoryData<GroupKind, GroupKind> Kinds =>
        [
            .. from outer in Enum.GetValues<GroupKind>()
            from inner in Enum.GetValues<GroupKind>()
            select new TheoryDataRow<GroupKind, GroupKind>(outer, inner),
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Groups_of_every_depth_find_the_same_members_in_every_kind_of_source(GroupKind outer, GroupKind inner)
    {
        var definition = new ConditionSegment(
            new ConditionGroup(
                outer,
                [
                    new ConditionGroup(
                        inner,
                        [new Condition("whole", Operator.Greater, ["4"]), new Condition("text", Operator.Contains, ["a"])]
                    ),
                    new ConditionGroup(
                        inner,
                        [
                            new Condition("day", Operator.After, ["2000-01-01"]),
                            new Condition("active", Operator.Equal, ["yes"]),
                            new ConditionGroup(outer, [new Condition("number", Operator.Less, ["2"])]),
                        ]
                    ),
                ]
            )
        );
        var expected = await KeysAsync(customers.Sources["CSV"], definition);

        foreach (var (name, source) in customers.Sources)
            Assert.Equal((name, expected), (name, await KeysAsync(source, definition)));
    }

    [Fact]
    public async Task Many_segments_together_find_the_same_members_in_every_kind_of_source()
    {
        ConditionNode[] one = [new Condition("whole", Operator.Between, ["5", "12"]), new Condition("day", Operator.On, ["2026-11-20"])];
        ConditionNode[] other = [new Condition("text", Operator.NotEqual, ["x"]), new Condition("number", Operator.Greater, ["1000"])];
        ConditionGroup[] groups =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(_ => new ConditionGroup(GroupKind.All, [.. Enumerable.Repeat(one, 100).SelectMany(parts => parts)])),
        ];
        foreach (
            var last in new[]
            {
                new ConditionGroup(GroupKind.Any, other),
                new ConditionGroup(GroupKind.All, other),
                new ConditionGroup(GroupKind.Any, one),
            }
        )
        {
            var expected = 0L;
            foreach (var (name, source) in customers.Sources)
            {
                Segment[] segments =
                [
                    .. groups
                        .Append(last)
                        .Select(group => new Segment
                        {
                            Name = "x",
                            SourceId = source.Id,
                            CreatedBy = "x",
                            Definition = new ConditionSegment(group),
                        }),
                ];
                var members = await customers.Store.Reader.CountAsync(source, segments, TestContext.Current.CancellationToken);
                expected = name == "CSV" ? members : expected;
                Assert.Equal((name, expected), (name, members));
            }
        }
    }

    [Fact]
    public void Fields_have_the_same_types_in_every_kind_of_source() =>
        Assert.All(
            customers.Sources,
            source =>
                Assert.Equal(
                    (source.Key, string.Join(' ', MessyCustomers.Types)),
                    (source.Key, string.Join(' ', source.Value.Fields.Select(field => field.Type)))
                )
        );

    [Fact]
    public void Rows_and_fill_rates_are_the_same_in_every_kind_of_source()
    {
        var csv = customers.Sources["CSV"];
        Assert.All(
            customers.Sources.Values,
            source =>
            {
                Assert.Equal((csv.RowCount, 0), (source.RowCount, source.MalformedCount));
                Assert.Equal(csv.Fields.Select(field => field.FillRate), source.Fields.Select(field => field.FillRate));
            }
        );
    }

    [Fact]
    public async Task Texts_are_read_unchanged_from_every_kind_of_source()
    {
        var csv = await customers.Store.ReadAllAsync(customers.Sources["CSV"]);
        foreach (var source in customers.Sources.Values)
            Assert.Equal(
                csv.OrderBy(profile => profile.Key, StringComparer.Ordinal).Select(Words),
                (await customers.Store.ReadAllAsync(source)).OrderBy(profile => profile.Key, StringComparer.Ordinal).Select(Words)
            );

        static string Words(Profile profile) => string.Join('|', profile.Values.Take(4));
    }

    [Fact]
    public void Servers_are_included_when_they_are_configured() =>
        Assert.All(
            new[]
            {
                ("KLAVIYOEXPORT_TEST_POSTGRES", "PostgreSql native"),
                ("KLAVIYOEXPORT_TEST_POSTGRES", "Redshift text"),
                ("KLAVIYOEXPORT_TEST_POSTGRES", "CockroachDb native"),
                ("KLAVIYOEXPORT_TEST_MARIADB", "MySql native"),
            },
            one =>
                Assert.Equal(!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(one.Item1)), customers.Sources.ContainsKey(one.Item2))
        );

    [Fact]
    public void Files_in_a_store_are_included_when_stores_are_configured() =>
        Assert.Equal(Tests.Sources.Remote.TestStores.AreThere, customers.Sources.ContainsKey("S3"));

    private static bool IsNative(string name) => name.EndsWith(" native", StringComparison.Ordinal);

    private static IEnumerable<string[]> ValuesFor(Operator @operator, FieldType type) =>
        Operators.ArityOf(@operator) switch
        {
            Arity.None =>
            [
                [],
            ],
            Arity.List =>
            [
                [.. Values[type]],
                [Values[type][0]],
                [Values[type][^1], "77"],
            ],
            Arity.Two => from low in Values[type]
            from high in new[] { low, Values[type][0], Values[type][^1] }
            where
                SegmentRules
                    .Validate(
                        new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("x", @operator, [low, high])])),
                        [new Field("x", type, 1, [])]
                    )
                    .Count == 0
            select new[] { low, high },
            _ when Operators.CountsDays(@operator) =>
            [
                .. @operator == Operator.Anniversary
                    ?
                    [
                        ["0"],
                        ["182"],
                    ]
                    : new string[][] { ["36500"] },
                ["1"],
                ["6"],
                ["7"],
            ],
            _ => Values[type].Select(value => new[] { value }),
        };

    private async Task<string> KeysAsync(Source source, SegmentDefinition definition)
    {
        var segment = new Segment
        {
            Name = "x",
            SourceId = source.Id,
            CreatedBy = "x",
            Definition = definition,
        };
        var keys = new List<string>();
        await foreach (var profile in customers.Store.Reader.ReadAsync(source, [segment], [], TestContext.Current.CancellationToken))
            keys.Add(profile.Key + "|");
        return string.Concat(keys);
    }
}
