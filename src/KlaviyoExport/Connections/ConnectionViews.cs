using System.Text.Json.Serialization;
using KlaviyoExport.Secrets;

namespace KlaviyoExport.Connections;

/// <summary>The export user of a connection.</summary>
/// <param name="MayExport">False when the person no longer exists or is no longer an administrator. Then the exports do not run until
/// another administrator takes over.</param>
public sealed record ExportUserView(string Name, DateTimeOffset At, bool MayExport);

/// <summary>The part of a connection that contributors see.</summary>
/// <param name="MaxProfilesPerExport">The maximum number of profiles of an export. Null for the maximum of the installation.</param>
public sealed record UsableConnection(int Id, string Name, int? MaxProfilesPerExport = null);

/// <summary>A connection for editing. Only the last characters of its key are included.</summary>
/// <param name="ChosenContributors">The chosen people who are still contributors.</param>
/// <param name="KeyFrom">Where the key is kept. Null when it is in the store.</param>
/// <param name="GrantedAt">When a person signed in to Klaviyo for it. Null when the account was confirmed with the key.</param>
/// <param name="SignInProblem">Why the last sign-in to Klaviyo failed. Null when it did not.</param>
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
    SecretPlace? KeyFrom,
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
)
{
    /// <inheritdoc cref="Connection.IsPractice"/>
    public bool IsPractice { get; init; }

    /// <inheritdoc cref="Connection.MaxProfilesPerExport"/>
    public int? MaxProfilesPerExport { get; init; }

    /// <inheritdoc cref="Connection.Consent"/>
    public Agreement? Consent { get; init; }
}

/// <summary>The result of the check of a key.</summary>
/// <param name="MissingScopes">The required scopes that the key lacks. Empty for a suitable key.</param>
public sealed record AccountCheck(string AccountId, string Name, string? TimeZone, bool IsTestAccount, IReadOnlyList<string> MissingScopes)
{
    /// <summary>When the key was checked.</summary>
    public DateTimeOffset At { get; init; }

    [JsonIgnore]
    public bool IsComplete => MissingScopes.Count == 0;
}

/// <summary>A person with whom a connection can be shared.</summary>
public sealed record Contributor(string Id, string Name);
