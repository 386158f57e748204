namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>Who a request comes from: a private key or an app's access token, and what it may do.</summary>
/// <param name="Account">The account it opens.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="QuotaOwner">Whose limits it draws on: keys of one account share theirs, each app has its own.</param>
/// <param name="Name">For the request log: never the secret.</param>
internal sealed record Credential(Account Account, IReadOnlyList<string> Scopes, string QuotaOwner, string Name);
