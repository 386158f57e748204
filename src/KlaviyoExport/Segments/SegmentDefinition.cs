using System.Text.Json.Serialization;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>Defines the members of a segment.</summary>
[JsonDerivedType(typeof(ConditionSegment), "conditions")]
[JsonDerivedType(typeof(MembershipSegment), "membership")]
public abstract record SegmentDefinition;

/// <summary>The profiles that meet a tree of conditions.</summary>
public sealed record ConditionSegment(ConditionGroup Root) : SegmentDefinition;

/// <summary>The profiles whose key is in columns of another table or view of the same database.</summary>
/// <param name="Table">The table or view.</param>
/// <param name="KeyColumns">Its columns, as many as the key of the source has and in the same order.</param>
public sealed record MembershipSegment(string Table, KeyColumns KeyColumns) : SegmentDefinition
{
    /// <summary>The only key column, in a definition that was stored by an earlier version.</summary>
    [JsonInclude]
    private string KeyColumn
    {
        init => KeyColumns = [value];
    }
}

/// <summary>A node of the tree of conditions.</summary>
[JsonDerivedType(typeof(ConditionGroup), "group")]
[JsonDerivedType(typeof(Condition), "condition")]
[JsonDerivedType(typeof(SegmentCondition), "segment")]
public abstract record ConditionNode;

/// <summary>A group that requires all, any or none of its parts. All profiles meet a group without parts.</summary>
public sealed record ConditionGroup(GroupKind Kind, IReadOnlyList<ConditionNode> Parts) : ConditionNode;

/// <summary>
/// A comparison of a field. Values are invariant text (1234.5, 2026-11-22). An operator takes no value, one, two or a list.
/// </summary>
public sealed record Condition(string Field, Operator Operator, IReadOnlyList<string> Values) : ConditionNode;

/// <summary>
/// Requires that the profile is, or is not, a member of another segment of the same source. The key decides: a profile with several rows is
/// a member when any of them is.
/// </summary>
/// <param name="SegmentId">The other segment. 0 while none is chosen.</param>
/// <param name="IsMember">Whether the profile must be a member, or else must not be one.</param>
public sealed record SegmentCondition(int SegmentId, bool IsMember) : ConditionNode;

/// <summary>
/// A <see cref="SegmentCondition"/> with the definition of the other segment: the key of the row is the key of a member. It is made for a
/// read and never stored.
/// </summary>
internal sealed record KeyCondition(string SegmentName, SegmentDefinition Definition) : ConditionNode;

/// <summary>Whether a group is true when all of its parts are, when any of them is, or when none of them is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GroupKind>))]
public enum GroupKind
{
    All,
    Any,
    None,
}
