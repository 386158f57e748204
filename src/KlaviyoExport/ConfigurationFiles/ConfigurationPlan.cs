namespace KlaviyoExport.ConfigurationFiles;

/// <summary>What applying a file would change.</summary>
/// <param name="State">A hash of the present configuration. An apply can demand that it is still the same.</param>
/// <param name="Changes">The changes, in the order in which they would be made. Empty when the installation is as the file says.</param>
public sealed record ConfigurationPlan(string State, IReadOnlyList<ConfigurationChange> Changes);
