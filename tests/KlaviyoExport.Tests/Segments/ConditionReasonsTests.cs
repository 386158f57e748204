using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Segments;

/// <summary>Which conditions decide whether a profile is a member, in groups of every kind.</summary>
public sealed class ConditionReasonsTests
{
    private static readonly Condition True = new("a", Operator.Equal, ["1"]);
    private static readonly Condition AlsoTrue = new("a", Operator.NotEqual, ["2"]);
    private static readonly Condition False = new("a", Operator.Equal, ["2"]);
    private static readonly Condition AlsoFalse = new("a", Operator.IsEmpty, []);

    [Fact]
    public void None_of_is_met_because_of_every_part() =>
        Assert.Equal([(False, false, false), (AlsoFalse, false, false)], Reasons(GroupKind.None, False, AlsoFalse));

    [Fact]
    public void None_of_is_not_met_because_of_each_part_that_holds() =>
        Assert.Equal([(True, false, false), (AlsoTrue, false, false)], Reasons(GroupKind.None, True, False, AlsoTrue));

    [Fact]
    public void None_of_a_group_of_all_parts_needs_only_one_of_them_to_change() =>
        Assert.Equal(
            [(True, false, true), (AlsoTrue, false, true)],
            Reasons(GroupKind.None, new ConditionGroup(GroupKind.All, [True, AlsoTrue]))
        );

    [Fact]
    public void None_of_none_of_is_any_of()
    {
        Assert.Equal([(True, true, false)], Reasons(GroupKind.None, new ConditionGroup(GroupKind.None, [False, True])));
        Assert.Equal(
            [(False, true, true), (AlsoFalse, true, true)],
            Reasons(GroupKind.None, new ConditionGroup(GroupKind.None, [False, AlsoFalse]))
        );
    }

    [Fact]
    public void A_group_of_none_without_parts_is_met_and_nothing_decides() => Assert.Empty(Reasons(GroupKind.None));

    private static IEnumerable<(Condition, bool, bool)> Reasons(GroupKind kind, params ConditionNode[] parts)
    {
        var test = new ConditionTest([new Field("a", FieldType.WholeNumber, 1, [])], new DateOnly(2026, 11, 22), _ => 0, _ => _ => false);
        return new ConditionReasons(test, _ => 0, _ => ["1"])
            .Of(new ConditionGroup(kind, parts), ["1"])
            .Select(deciding => (deciding.Condition!, deciding.IsSought, deciding.IsOneOfSeveral));
    }
}
