namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>An app that is registered with the sandbox Klaviyo. A loopback redirect address matches with any port (RFC 8252).</summary>
public sealed record OAuthAppSeed(string ClientId, string ClientSecret, string Name, params IReadOnlyList<string> RedirectUris);
