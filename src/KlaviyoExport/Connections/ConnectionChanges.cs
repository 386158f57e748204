using KlaviyoExport.Secrets;

namespace KlaviyoExport.Connections;

/// <summary>An edit of a connection, as filled in by a person.</summary>
public sealed record ConnectionChanges
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public Sharing Sharing { get; init; }

    /// <summary>The user IDs of the chosen contributors. Used only when Sharing is ChosenContributors.</summary>
    public IReadOnlyList<string> ChosenContributors { get; init; } = [];

    /// <summary>The maximum number of profiles of an export, from 1 to 1,000,000. Null for the maximum of the installation.</summary>
    public int? MaxProfilesPerExport { get; init; }

    /// <summary>The new key. Null to keep the stored one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The place from which the key is read from now on. Null to keep the current place. A new key takes precedence.</summary>
    public SecretPlace? KeyFrom { get; init; }

    /// <summary>The version of the connection when editing started.</summary>
    public int Version { get; init; }

    /// <summary>Returns a text without the key.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"connection {Id}");
}
