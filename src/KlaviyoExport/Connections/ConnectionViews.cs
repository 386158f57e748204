using System.Text.Json.Serialization;

namespace KlaviyoExport.Connections;

/// <summary>A row of the administrators' list.</summary>
/// <param name="ApiKeyEnding">Empty for a key that is too short to show any of, or that is read from Key Vault.</param>
/// <param name="SharedWith">By name, where contributors were chosen: those of them who still are contributors.</param>
/// <param name="ExportUser">Null for connections older than export users.</param>
/// <param name="Exports">How many use it.</param>
public sealed record ConnectionRow(
    int Id, string Name, string AccountName, string AccountId, bool IsTestAccount, string ApiKeyEnding, DateTimeOffset CreatedAt, string CreatedBy,
    Sharing Sharing, IReadOnlyList<string> SharedWith, ExportUserView? ExportUser, DateTimeOffset? LastSuccessAt, Notice? LastError, int Exports);

/// <summary>In whose name the exports of a connection run.</summary>
/// <param name="MayExport">False when that person is gone or no longer an administrator: then nothing runs until another takes over.</param>
public sealed record ExportUserView(string Name, DateTimeOffset At, bool MayExport);

/// <summary>All a contributor sees of a connection.</summary>
public sealed record UsableConnection(int Id, string Name);

/// <summary>A connection to edit; of its key only the ending.</summary>
/// <param name="ChosenContributors">Those who still are contributors.</param>
/// <param name="GrantedAt">When somebody signed in to Klaviyo for it; null where the account was confirmed by the key.</param>
/// <param name="SignInProblem">Why the last trip to Klaviyo's sign-in page ended without a sign-in.</param>
public sealed record ConnectionDetails(
    int Id, string Name, Sharing Sharing, IReadOnlyList<string> ChosenContributors, string AccountName, string AccountId, bool IsTestAccount,
    string? TimeZone, string ApiKeyEnding, string? KeyVaultSecret, bool OAuthConfigured, DateTimeOffset? GrantedAt, string? GrantedBy, Notice? SignInProblem,
    ExportUserView? ExportUser, string ConsentBy, DateTimeOffset ConsentAt, DateTimeOffset CreatedAt, string CreatedBy,
    DateTimeOffset? LastSuccessAt, Notice? LastError, int Version);

/// <summary>What Klaviyo said of a key.</summary>
/// <param name="MissingScopes">Scopes this product needs and the key was not given; empty for a key that will do.</param>
public sealed record AccountCheck(string AccountId, string Name, string? TimeZone, bool IsTestAccount, IReadOnlyList<string> MissingScopes)
{
    /// <summary>When it said so.</summary>
    public DateTimeOffset At { get; init; }

    [JsonIgnore]
    public bool IsComplete => MissingScopes.Count == 0;
}

/// <summary>A person a connection can be shared with.</summary>
public sealed record Contributor(string Id, string Name);

/// <summary>An export that uses the connection somebody wants to remove.</summary>
/// <param name="RunId">Its run under way; null when it has none.</param>
public sealed record ExportInUse(int Id, string Name, int? RunId)
{
    public bool IsRunning => RunId is not null;
}

/// <summary>What becomes of an export whose connection is removed.</summary>
public enum ExportFate
{
    /// <summary>It goes too, with its runs.</summary>
    Remove,

    /// <summary>It stays without a connection, and cannot run until it is given another.</summary>
    Detach,
}
