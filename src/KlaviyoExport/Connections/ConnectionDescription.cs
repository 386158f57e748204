using KlaviyoExport.Secrets;

namespace KlaviyoExport.Connections;

/// <summary>
/// A connection that is added in one step, from a configuration file instead of the wizard. Not a record: it contains the key.
/// </summary>
internal sealed class ConnectionDescription
{
    public required string Name { get; init; }

    public Sharing Sharing { get; init; }

    /// <summary>The user IDs of the chosen contributors. Used only when Sharing is ChosenContributors.</summary>
    public IReadOnlyList<string> ChosenContributors { get; init; } = [];

    /// <summary>The key. Null when it is kept elsewhere.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Where the key is kept. Null when the key is given.</summary>
    public SecretPlace? KeyFrom { get; init; }

    /// <summary>Whether the file says that the company agrees to the data privacy text.</summary>
    public bool HasAgreed { get; init; }

    /// <summary>The user ID of the administrator in whose name exports run. Null for the actor.</summary>
    public string? ExportUserId { get; init; }

    public int? MaxProfilesPerExport { get; init; }
}
