namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>An app registered with the practice Klaviyo. A loopback redirect address matches on any port, as RFC 8252 has it.</summary>
public sealed record OAuthAppSeed(string ClientId, string ClientSecret, string Name, params IReadOnlyList<string> RedirectUris);
