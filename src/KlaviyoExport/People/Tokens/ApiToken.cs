using KlaviyoExport.People.Rules;

namespace KlaviyoExport.People.Tokens;

/// <summary>A token with which a program uses the HTTP API in the name of a person or a service account.</summary>
public sealed class ApiToken
{
    public int Id { get; set; }

    /// <summary>The id of the person or service account that the token acts for.</summary>
    public required string OwnerId { get; set; }

    /// <summary>What the token is for. Shown in the audit and as the requester of runs.</summary>
    public required string Name { get; set; }

    /// <summary>The SHA-256 hash of the token. The token itself is not stored.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>The last four characters of the token, with which a person recognises it.</summary>
    public required string Ending { get; set; }

    /// <summary>The highest role of the token. See <see cref="Roles.Capped"/> for the role it has when the owner's role changes.</summary>
    public Role Role { get; set; }

    public ApiScopes Scopes { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When the token was last used, to the minute. Null when it never was.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
