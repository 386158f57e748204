using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Segments;

public sealed class SegmentRulesTests
{
    private static readonly IReadOnlyList<Field> Fields =
    [
        .. Enum.GetValues<FieldType>().Select(type => new Field(type.ToString(), type, 1, [])),
    ];

    public static TheoryData<string, string, Operator, string[]> Faulty =>
        new()
        {
            { "FieldMissing", "", Operator.Equal, ["x"] },
            { "FieldGone", "gone", Operator.Equal, ["x"] },
            { "FieldGone", "text", Operator.Equal, ["x"] },
            { "OperatorNotOffered", "Text", Operator.Greater, ["1"] },
            { "OperatorNotOffered", "Date", Operator.Equal, ["2026-01-01"] },
            { "OperatorNotOffered", "YesNo", Operator.Contains, ["x"] },
            { "ValueNeeded", "Text", Operator.Equal, [] },
            { "ValueNeeded", "Text", Operator.Equal, ["  "] },
            { "ValueNeeded", "Text", Operator.Equal, ["a", "b"] },
            { "ValueNeeded", "Text", Operator.IsEmpty, ["a"] },
            { "ValueNeeded", "Text", Operator.InList, [] },
            { "ValueNeeded", "Text", Operator.InList, ["a", ""] },
            { "TwoValuesNeeded", "Number", Operator.Between, ["1"] },
            { "TwoValuesNeeded", "Number", Operator.Between, ["1", ""] },
            { "ValueDoesNotFit", "WholeNumber", Operator.Equal, ["1.5"] },
            { "ValueDoesNotFit", "WholeNumber", Operator.InList, ["1", "x"] },
            { "ValueDoesNotFit", "Number", Operator.Greater, ["1,5"] },
            { "ValueDoesNotFit", "YesNo", Operator.Equal, ["maybe"] },
            { "ValueDoesNotFit", "Date", Operator.On, ["11/22/2026"] },
            { "ValueDoesNotFit", "Moment", Operator.Before, ["2026-11-22T10:00"] },
            { "ValueDoesNotFit", "Date", Operator.InLastDays, ["soon"] },
            { "DaysOutOfRange", "Date", Operator.InLastDays, ["0"] },
            { "DaysOutOfRange", "Date", Operator.InLastDays, ["36501"] },
            { "DaysOutOfRange", "Date", Operator.NotInLastDays, ["0"] },
            { "DaysOutOfRange", "Date", Operator.InNextDays, ["36501"] },
            { "AnniversaryOutOfRange", "Date", Operator.Anniversary, ["-1"] },
            { "AnniversaryOutOfRange", "Date", Operator.Anniversary, ["183"] },
            { "Reversed", "Number", Operator.NotBetween, ["2", "1"] },
            { "ListTooLong", "Text", Operator.NotInList, [.. Enumerable.Repeat("x", 10_001)] },
            { "Reversed", "Number", Operator.Between, ["2", "1"] },
            { "Reversed", "Date", Operator.Between, ["2026-01-02", "2026-01-01"] },
            { "ValueTooLong", "Text", Operator.Equal, [new string('x', 1_001)] },
            { "ListTooLong", "Text", Operator.InList, [.. Enumerable.Repeat("x", 10_001)] },
        };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_meaningless_condition_is_an_error_of_its_node(string code, string field, Operator @operator, string[] values)
    {
        var root = new ConditionGroup(
            GroupKind.All,
            [new Condition("Text", Operator.IsEmpty, []), new ConditionGroup(GroupKind.Any, [new Condition(field, @operator, values)])]
        );

        var fault = Assert.Single(SegmentRules.Validate(new ConditionSegment(root), Fields));

        Assert.Equal($"Segments.{code}", fault.LocalizedMessage.Code);
        Assert.Equal([1, 0], fault.Path);
        Assert.Equal(code is "FieldMissing" or "ValueNeeded" or "TwoValuesNeeded", fault.IsIncomplete);
        Assert.NotEmpty(fault.LocalizedMessage.ToString());
    }

    public static TheoryData<string, Operator, string[]> AtTheLimit =>
        new()
        {
            { "Number", Operator.Between, ["2", "2"] },
            { "Date", Operator.Between, ["2026-01-01", "2026-01-01"] },
            { "Date", Operator.InLastDays, ["1"] },
            { "Date", Operator.Anniversary, ["0"] },
            { "Date", Operator.Anniversary, ["182"] },
            { "Date", Operator.InLastDays, ["36500"] },
            { "Text", Operator.Equal, [new string('x', 1_000)] },
            { "Text", Operator.InList, [.. Enumerable.Repeat("x", 10_000)] },
        };

    [Theory]
    [MemberData(nameof(AtTheLimit))]
    public void A_condition_at_the_limit_is_valid(string field, Operator @operator, string[] values) =>
        Assert.Empty(
            SegmentRules.Validate(
                new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(field, @operator, values)])),
                Fields
            )
        );

    [Theory]
    [InlineData("", "id", false)]
    [InlineData("members", "", false)]
    [InlineData("members", "id", true)]
    public void A_membership_needs_a_table_and_a_key_column(string table, string keyColumn, bool isValid) =>
        Assert.Equal(isValid, SegmentRules.Validate(new MembershipSegment(table, [keyColumn]), Fields).Count == 0);

    [Fact]
    public void All_errors_are_named_in_the_order_of_the_tree()
    {
        var root = new ConditionGroup(
            GroupKind.All,
            [
                new Condition("a", Operator.Equal, []),
                new ConditionGroup(GroupKind.Any, [new Condition("b", Operator.Equal, [])]),
                new Condition("c", Operator.Equal, []),
            ]
        );

        Assert.Equal(
            ["0", "1.0", "2"],
            SegmentRules.Validate(new ConditionSegment(root), Fields).Select(fault => string.Join('.', fault.Path))
        );
    }

    [Fact]
    public void Groups_nest_to_the_maximum_depth_and_no_deeper()
    {
        static ConditionSegment Nested(int depth) =>
            new(
                Enumerable
                    .Range(1, depth - 1)
                    .Aggregate(new ConditionGroup(GroupKind.All, []), (inner, _) => new ConditionGroup(GroupKind.Any, [inner]))
            );

        Assert.Empty(SegmentRules.Validate(Nested(SegmentRules.MaxDepth), Fields));
        Assert.Equal(
            "Segments.TooDeep",
            Assert.Single(SegmentRules.Validate(Nested(SegmentRules.MaxDepth + 1), Fields)).LocalizedMessage.Code
        );
        Assert.Single(SegmentRules.Validate(Nested(100_000 / 100), Fields));
    }

    [Fact]
    public void Conditions_are_counted_over_all_groups()
    {
        static ConditionSegment Wide(int count) =>
            new(
                new ConditionGroup(
                    GroupKind.Any,
                    [.. Enumerable.Repeat(new ConditionGroup(GroupKind.All, [new Condition("Text", Operator.IsEmpty, [])]), count)]
                )
            );

        Assert.Empty(SegmentRules.Validate(Wide(SegmentRules.MaxConditions), Fields));
        Assert.Equal(
            "Segments.TooManyConditions",
            Assert.Single(SegmentRules.Validate(Wide(SegmentRules.MaxConditions + 1), Fields)).LocalizedMessage.Code
        );
    }
}
