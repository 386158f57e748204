using KlaviyoExport.Data;

namespace KlaviyoExport.Connections;

/// <summary>
/// A connection somebody is setting up, step by step. It is kept here and not in the browser, so that a reload, a lost circuit or the trip
/// to Klaviyo's sign-in page loses nothing, and a key is typed once. It belongs to the administrator who began it and is swept a day after
/// its last change.
/// </summary>
public sealed class ConnectionDraft : IVersioned
{
    public int Id { get; set; }

    /// <summary>The administrator who began it; nobody else sees it.</summary>
    public required string OwnerId { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    public string Name { get; set; } = "";

    public Sharing Sharing { get; set; }

    /// <summary>User ids; heeded where <see cref="Sharing"/> is ChosenContributors.</summary>
    public List<string> ChosenContributors { get; set; } = [];

    /// <summary>The private key, encrypted.</summary>
    public byte[]? ApiKey { get; set; }

    public string? ApiKeyEnding { get; set; }

    /// <summary>Name of the Key Vault secret that holds the key; then <see cref="ApiKey"/> is null.</summary>
    public string? KeyVaultSecret { get; set; }

    /// <summary>When its owner agreed to the data privacy text.</summary>
    public DateTimeOffset? AgreedAt { get; set; }

    /// <summary>What Klaviyo said of the key; another key has to be checked anew.</summary>
    public AccountCheck? Check { get; set; }

    /// <summary>The tokens of the sign-in to Klaviyo, encrypted.</summary>
    public byte[]? Grant { get; set; }

    /// <summary>When the account was confirmed, by signing in to Klaviyo or, where no OAuth app is configured, by the key.</summary>
    public DateTimeOffset? AuthenticatedAt { get; set; }

    /// <summary>When its owner signed in anew to become the export user.</summary>
    public DateTimeOffset? ExportUserAt { get; set; }

    public int Version { get; set; }
}
