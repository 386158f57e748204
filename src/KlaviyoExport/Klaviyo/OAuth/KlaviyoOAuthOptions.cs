namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>
/// The <c>Klaviyo:OAuth</c> section: the app this installation is registered as with Klaviyo. Without one, connections go by their key
/// alone.
/// </summary>
public sealed class KlaviyoOAuthOptions
{
    public const string Section = "Klaviyo:OAuth";

    /// <summary>Where Klaviyo brings people back to, below the address of this installation.</summary>
    public const string CallbackPath = "/connections/klaviyo/callback";

    /// <summary>As Klaviyo shows it with the app; empty where there is no app.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>A secret: set it by an environment variable or a secrets file.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>Where people sign in.</summary>
    public string AuthorizeUrl { get; set; } = "https://www.klaviyo.com/oauth/authorize";

    public string TokenUrl { get; set; } = "https://a.klaviyo.com/oauth/token";

    public string RevokeUrl { get; set; } = "https://a.klaviyo.com/oauth/revoke";

    /// <summary>
    /// The callback address as registered with the app, where it is not what this installation sees of itself; ends with <see
    /// cref="CallbackPath"/>.
    /// </summary>
    public string? RedirectUri { get; set; }

    /// <summary>Whether there is an app.</summary>
    public bool IsConfigured => ClientId.Length > 0;
}
