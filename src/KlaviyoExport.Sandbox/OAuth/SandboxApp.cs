namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>The app that exists from the start. Its secret is valid in this sandbox only.</summary>
public static class SandboxApp
{
    public const string ClientId = "practice-client-0001";
    public const string ClientSecret = "practice-secret-0001";

    public static OAuthAppSeed Seed { get; } =
        new(
            ClientId,
            ClientSecret,
            "Klaviyo Export",
            "http://localhost/connections/klaviyo/callback",
            "http://127.0.0.1/connections/klaviyo/callback"
        );
}
