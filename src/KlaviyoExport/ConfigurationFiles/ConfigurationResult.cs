namespace KlaviyoExport.ConfigurationFiles;

/// <summary>The result of applying a file.</summary>
/// <param name="State">A hash of the configuration afterwards.</param>
/// <param name="Changes">All changes of the plan, in the order in which they were made.</param>
public sealed record ConfigurationResult(string State, IReadOnlyList<ChangeResult> Changes)
{
    /// <summary>Whether the installation has everything that the file says. Items that only the installation has do not count.</summary>
    public bool IsComplete => Changes.All(change => change.Outcome is ChangeOutcome.Applied or ChangeOutcome.Kept);
}
