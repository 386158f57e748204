namespace KlaviyoExport.ConfigurationFiles;

/// <summary>How a configuration file is applied.</summary>
public sealed record ApplyOptions
{
    /// <summary>
    /// Whether items that are not in the sections of the file are removed, and whether changes may delete what was recorded. Without it
    /// such changes are not made, and the others are.
    /// </summary>
    public bool Prune { get; init; }

    /// <summary>The state of the plan that a person has seen. When the configuration is no longer the same, nothing is changed.</summary>
    public string? ExpectedState { get; init; }
}
