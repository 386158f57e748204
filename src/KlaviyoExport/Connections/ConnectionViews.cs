using System.Text.Json.Serialization;

namespace KlaviyoExport.Connections;

/// <summary>In whose name the exports of a connection run.</summary>
/// <param name="MayExport">False when that person is gone or no longer an administrator: then nothing runs until another takes
/// over.</param>
public sealed record ExportUserView(string Name, DateTimeOffset At, bool MayExport);

/// <summary>All a contributor sees of a connection.</summary>
public sealed record UsableConnection(int Id, string Name);

/// <summary>A connection to edit; of its key only the ending.</summary>
/// <param name="ChosenContributors">Those who still are contributors.</param>
/// <param name="GrantedAt">When somebody signed in to Klaviyo for it; null where the account was confirmed by the key.</param>
/// <param name="SignInProblem">Why the last trip to Klaviyo's sign-in page ended without a sign-in.</param>
public sealed record ConnectionDetails(
    int Id,
    string Name,
    Sharing Sharing,
    IReadOnlyList<string> ChosenContributors,
    string AccountName,
    string AccountId,
    bool IsTestAccount,
    string? TimeZone,
    string ApiKeyEnding,
    string? KeyVaultSecret,
    bool OAuthConfigured,
    DateTimeOffset? GrantedAt,
    string? GrantedBy,
    LocalizedMessage? SignInProblem,
    ExportUserView? ExportUser,
    string ConsentBy,
    DateTimeOffset ConsentAt,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? LastSuccessAt,
    LocalizedMessage? LastError,
    int Version
);

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
