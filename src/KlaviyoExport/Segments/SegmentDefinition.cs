using System.Text.Json.Serialization;

namespace KlaviyoExport.Segments;

/// <summary>Who belongs to a segment.</summary>
[JsonDerivedType(typeof(ConditionSegment), "conditions")]
[JsonDerivedType(typeof(MembershipSegment), "membership")]
public abstract record SegmentDefinition;

/// <summary>The profiles that meet a tree of conditions.</summary>
public sealed record ConditionSegment(ConditionGroup Root) : SegmentDefinition;

/// <summary>The profiles whose key stands in a column of another table or view of the same database.</summary>
public sealed record MembershipSegment(string Table, string KeyColumn) : SegmentDefinition;

/// <summary>A node of the tree.</summary>
[JsonDerivedType(typeof(ConditionGroup), "group")]
[JsonDerivedType(typeof(Condition), "condition")]
public abstract record ConditionNode;

/// <summary>All or any of its parts; a group without parts is met by every profile.</summary>
public sealed record ConditionGroup(GroupKind Kind, IReadOnlyList<ConditionNode> Parts) : ConditionNode;

/// <summary>
/// One comparison of a field. Values are text in invariant form (1234.5, 2026-11-22); an operator takes none, one, two or a list.
/// </summary>
public sealed record Condition(string Field, Operator Operator, IReadOnlyList<string> Values) : ConditionNode;

[JsonConverter(typeof(JsonStringEnumConverter<GroupKind>))]
public enum GroupKind
{
    All,
    Any,
}
