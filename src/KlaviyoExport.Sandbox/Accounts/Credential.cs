namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>The sender of a request: a private key or an app's access token, with its permissions.</summary>
/// <param name="Account">The account that it belongs to.</param>
/// <param name="Scopes">The granted scopes.</param>
/// <param name="QuotaOwner">The owner of the rate limits: the keys of an account share them, and each app has its own.</param>
/// <param name="Name">The name for the request log. Never the secret.</param>
internal sealed record Credential(Account Account, IReadOnlyList<string> Scopes, string QuotaOwner, string Name);
