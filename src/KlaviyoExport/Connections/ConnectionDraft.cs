using KlaviyoExport.Data;
using KlaviyoExport.Secrets;

namespace KlaviyoExport.Connections;

/// <summary>
/// A connection that is being set up, step by step. It is stored on the server, so that a reload, a lost circuit or the redirect to
/// Klaviyo's sign-in page loses nothing, and the key is entered only once. It belongs to the administrator who started it and is deleted
/// one day after its last change.
/// </summary>
public sealed class ConnectionDraft : IVersioned
{
    public int Id { get; set; }

    /// <summary>The administrator who started the draft. Nobody else sees it.</summary>
    public required string OwnerId { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    public string Name { get; set; } = "";

    public Sharing Sharing { get; set; }

    /// <summary>The user IDs of the chosen contributors. Used only when <see cref="Sharing"/> is ChosenContributors.</summary>
    public List<string> ChosenContributors { get; set; } = [];

    /// <summary>The private API key, encrypted.</summary>
    public byte[]? ApiKey { get; set; }

    public string? ApiKeyEnding { get; set; }

    /// <summary>Where the key is kept when it is not in the store. In this case <see cref="ApiKey"/> is null.</summary>
    public SecretPlace? KeyFrom { get; set; }

    /// <summary>When the owner agreed to the data privacy text.</summary>
    public DateTimeOffset? AgreedAt { get; set; }

    /// <summary>The text to which the owner agreed.</summary>
    public Agreement? Agreement { get; set; }

    /// <summary>The result of the check of the key. Another key must be checked again.</summary>
    public AccountCheck? Check { get; set; }

    /// <summary>The tokens of the sign-in to Klaviyo, encrypted.</summary>
    public byte[]? Grant { get; set; }

    /// <summary>When the account was confirmed: by a sign-in to Klaviyo or, without an OAuth app, with the key.</summary>
    public DateTimeOffset? AuthenticatedAt { get; set; }

    /// <summary>When the owner signed in again to become the export user.</summary>
    public DateTimeOffset? ExportUserAt { get; set; }

    public int Version { get; set; }
}
