using KlaviyoExport.ConfigurationFiles.Document;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>What a file wants, what there is, and the differences.</summary>
internal sealed record PlannedConfiguration(
    PresentConfiguration Present,
    ConfigurationDocument Wanted,
    IReadOnlyList<ConfigurationChange> Changes
);
