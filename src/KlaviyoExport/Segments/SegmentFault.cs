namespace KlaviyoExport.Segments;

/// <summary>A fault in a part of a definition.</summary>
/// <param name="Path">The path from the root to the node: the index among the parts of each group. Empty for the root or the
/// membership.</param>
/// <param name="LocalizedMessage">What is wrong and what to do.</param>
public sealed record SegmentFault(IReadOnlyList<int> Path, LocalizedMessage LocalizedMessage)
{
    /// <summary>Whether something is merely not filled in yet. It is shown only when the person tries to save.</summary>
    public bool IsIncomplete { get; init; }
}
