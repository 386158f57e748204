namespace KlaviyoExport.People.Tokens;

/// <summary>A token to create.</summary>
/// <param name="Name">1 to 60 characters, unique among the tokens of the owner.</param>
/// <param name="Role">At most the role of the owner.</param>
/// <param name="Scopes">At least one.</param>
/// <param name="Days">The number of days until the token expires, from 1 to <see cref="ApiTokens.LongestDays"/>.</param>
public sealed record NewApiToken(string Name, Role Role, ApiScopes Scopes, int Days);

/// <summary>A token that was just created.</summary>
/// <param name="Secret">The token. It cannot be shown again.</param>
public sealed record CreatedApiToken(int Id, string Secret, DateTimeOffset ExpiresAt);

/// <summary>A token in the list of its owner.</summary>
/// <param name="Role">The role that requests with the token have now.</param>
/// <param name="Ending">The last four characters.</param>
public sealed record ApiTokenRow(
    int Id,
    string Name,
    Role Role,
    ApiScopes Scopes,
    string Ending,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt,
    bool HasExpired
);

/// <summary>The program that sent a request to the API.</summary>
/// <param name="Actor">The owner of the token with the role of the token. The name includes that of the token.</param>
public sealed record ApiCaller(Actor Actor, int TokenId, string TokenName, ApiScopes Scopes, DateTimeOffset ExpiresAt);
