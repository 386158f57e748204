using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Secrets;

namespace KlaviyoExport.Connections;

/// <summary>Who may use a connection for exports. Administrators always may.</summary>
public enum Sharing
{
    Administrators,
    AllContributors,
    ChosenContributors,
}

/// <summary>The kind of the last error of a connection.</summary>
public enum ConnectionErrorKind
{
    /// <summary>A person must correct something, or retries did not help.</summary>
    Lasting,

    /// <summary>The work is retried automatically.</summary>
    Passing,

    /// <summary>The key cannot be read from the place where it is kept, for example from Key Vault.</summary>
    KeyVault,
}

/// <summary>A Klaviyo account to which the company agreed to send data.</summary>
public sealed class Connection : IVersioned
{
    public int Id { get; set; }

    /// <summary>The unique display name.</summary>
    public required string Name { get; set; }

    public Sharing Sharing { get; set; }

    /// <summary>The contributors with whom it is shared when <see cref="Sharing"/> is ChosenContributors.</summary>
    public List<ConnectionShare> Shares { get; set; } = [];

    /// <summary>Klaviyo's ID of the account.</summary>
    public required string AccountId { get; set; }

    public required string AccountName { get; set; }

    public bool IsTestAccount { get; set; }

    /// <summary>The IANA time zone of the account.</summary>
    public string? TimeZone { get; set; }

    /// <summary>
    /// Whether the account is in the practice Klaviyo of this server, see <see cref="IPracticeKlaviyo"/>. Such a connection has no key of its
    /// own, and nothing that is sent over it leaves the machine.
    /// </summary>
    public bool IsPractice { get; set; }

    /// <summary>The private API key, encrypted. Null when it is kept elsewhere, and for practice.</summary>
    public byte[]? ApiKey { get; set; }

    /// <summary>The last characters of the key, which may be shown again.</summary>
    public required string ApiKeyEnding { get; set; }

    /// <summary>Where the key is kept when it is not in the store. In this case the key is never stored here.</summary>
    public SecretPlace? KeyFrom { get; set; }

    /// <summary>The tokens of the sign-in to Klaviyo, encrypted. Null when no OAuth app was configured.</summary>
    public byte[]? Grant { get; set; }

    /// <summary>When a person signed in to Klaviyo for the connection, and who.</summary>
    public DateTimeOffset? GrantedAt { get; set; }

    public string? GrantedBy { get; set; }

    /// <summary>
    /// The end of the lease of the caller that refreshes the tokens. A refresh token is valid once, so only one caller may use it.
    /// </summary>
    public DateTimeOffset? RefreshingUntil { get; set; }

    /// <summary>The administrator in whose name the exports run. Null for connections created before export users existed.</summary>
    public string? ExportUserId { get; set; }

    public string? ExportUserName { get; set; }

    public DateTimeOffset? ExportUserAt { get; set; }

    /// <summary>Who agreed to the data privacy text, and when.</summary>
    public required string ConsentBy { get; set; }

    public DateTimeOffset ConsentAt { get; set; }

    /// <summary>The text to which the person agreed. Null for connections that were added before the text was stored.</summary>
    public Agreement? Consent { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    /// <summary>
    /// The maximum number of profiles of each export over the connection, for example because the contract with Klaviyo includes no more.
    /// From 1 to 1,000,000. Null for the maximum of the installation.
    /// </summary>
    public int? MaxProfilesPerExport { get; set; }

    public DateTimeOffset? LastSuccessAt { get; set; }

    public LocalizedMessage? LastError { get; set; }

    /// <summary>
    /// The kind of <see cref="LastError"/>, for decisions in code. Null for an error that an earlier version of the product stored. Without
    /// meaning when there is no error.
    /// </summary>
    public ConnectionErrorKind? ErrorKind { get; set; }

    /// <summary>Whether the last error is that no administrator is the export user. It ends when an administrator takes over.</summary>
    public bool LacksExportUser { get; set; }

    public int Version { get; set; }

    /// <summary>Whether a contributor may build exports on the connection. <see cref="Shares"/> must be loaded.</summary>
    public bool IsSharedWith(string userId) =>
        Sharing == Sharing.AllContributors || (Sharing == Sharing.ChosenContributors && Shares.Any(share => share.UserId == userId));
}

/// <summary>A contributor with whom a connection is shared.</summary>
public sealed class ConnectionShare
{
    public int ConnectionId { get; set; }

    public required string UserId { get; set; }
}
