namespace KlaviyoExport.Segments;

/// <summary>What is wrong with a part of a definition.</summary>
/// <param name="Path">The way to the node from the root: the index among the parts of each group on it. Empty: the root or the
/// membership.</param>
/// <param name="LocalizedMessage">What to do about it.</param>
public sealed record SegmentFault(IReadOnlyList<int> Path, LocalizedMessage LocalizedMessage)
{
    /// <summary>Something is not filled in yet: nobody need be told before they want to save.</summary>
    public bool IsIncomplete { get; init; }
}
