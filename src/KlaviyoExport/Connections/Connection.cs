using KlaviyoExport.Data;

namespace KlaviyoExport.Connections;

public enum Sharing
{
    Administrators,
    AllContributors,
    ChosenContributors,
}

/// <summary>A Klaviyo account the company agreed to send data to.</summary>
public sealed class Connection : IVersioned
{
    public int Id { get; set; }

    /// <summary>Display name, unique.</summary>
    public required string Name { get; set; }

    public Sharing Sharing { get; set; }

    /// <summary>The contributors it is shared with where <see cref="Sharing"/> is ChosenContributors.</summary>
    public List<ConnectionShare> Shares { get; set; } = [];

    /// <summary>Klaviyo's id of the account.</summary>
    public required string AccountId { get; set; }

    public required string AccountName { get; set; }

    public bool IsTestAccount { get; set; }

    /// <summary>IANA name, as the account has it.</summary>
    public string? TimeZone { get; set; }

    /// <summary>The private key, encrypted; null where it is read from Key Vault.</summary>
    public byte[]? ApiKey { get; set; }

    /// <summary>The most of the key that is ever shown again.</summary>
    public required string ApiKeyEnding { get; set; }

    /// <summary>Name of the Key Vault secret that holds the key; the key itself is then never stored here.</summary>
    public string? KeyVaultSecret { get; set; }

    /// <summary>The tokens of the sign-in to Klaviyo, encrypted; null where no OAuth app was configured.</summary>
    public byte[]? Grant { get; set; }

    /// <summary>When somebody signed in to Klaviyo for it, and who.</summary>
    public DateTimeOffset? GrantedAt { get; set; }

    public string? GrantedBy { get; set; }

    /// <summary>Until when somebody is refreshing the tokens: a refresh token is good once, so only one may use it.</summary>
    public DateTimeOffset? RefreshingUntil { get; set; }

    /// <summary>The administrator in whose name its exports run; null for connections older than export users.</summary>
    public string? ExportUserId { get; set; }

    public string? ExportUserName { get; set; }

    public DateTimeOffset? ExportUserAt { get; set; }

    /// <summary>Who agreed to the data privacy text, and when.</summary>
    public required string ConsentBy { get; set; }

    public DateTimeOffset ConsentAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public DateTimeOffset? LastSuccessAt { get; set; }

    public LocalizedMessage? LastError { get; set; }

    /// <summary>The last error is that there is no export user who is an administrator: over once another takes over.</summary>
    public bool LacksExportUser { get; set; }

    public int Version { get; set; }

    /// <summary>Whether a contributor may build on it. Needs <see cref="Shares"/> to be read.</summary>
    public bool IsSharedWith(string userId) =>
        Sharing == Sharing.AllContributors || (Sharing == Sharing.ChosenContributors && Shares.Any(share => share.UserId == userId));
}

/// <summary>One contributor a connection is shared with.</summary>
public sealed class ConnectionShare
{
    public int ConnectionId { get; set; }

    public required string UserId { get; set; }
}
