namespace KlaviyoExport.Segments;

/// <summary>Whether a profile is a member of a segment, and what decides it.</summary>
/// <param name="SegmentId">The segment.</param>
/// <param name="Name">The name of the segment.</param>
/// <param name="IsMember">Whether the profile is a member. Null when the segment cannot be read.</param>
/// <param name="Deciding">
/// For a member, the conditions that make it one. Otherwise the conditions that are not met, in the order of the tree. Empty for a
/// segment without conditions and for a membership.
/// </param>
/// <param name="Membership">The table that decides. Null for a segment of conditions.</param>
/// <param name="Fault">Why the segment cannot be read. Null when it can.</param>
public sealed record SegmentVerdict(
    int SegmentId,
    string Name,
    bool? IsMember,
    IReadOnlyList<DecidingCondition> Deciding,
    MembershipSegment? Membership,
    LocalizedMessage? Fault
);

/// <summary>A condition that decides about a profile.</summary>
/// <param name="Condition">
/// The condition. Null when membership of the last segment of <see cref="Through"/> decides by itself, because it has no conditions.
/// </param>
/// <param name="Value">The value of the profile. Null when it is empty.</param>
/// <param name="IsOneOfSeveral">Whether the condition is not met and it would be enough to meet another one of its group.</param>
public sealed record DecidingCondition(Condition? Condition, string? Value, bool IsOneOfSeveral)
{
    /// <summary>Whether a member must meet the condition. False when it is in a group that requires none of its parts.</summary>
    public bool IsSought { get; init; } = true;

    /// <summary>The names of the segments through which the segment refers to the condition. Empty for a condition of its own.</summary>
    public IReadOnlyList<string> Through { get; init; } = [];

    /// <summary>The membership table that decides. Null for a condition.</summary>
    public MembershipSegment? Table { get; init; }
}
