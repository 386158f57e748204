namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>
/// Section <c>Klaviyo:OAuth</c>: the Klaviyo app of this installation. Without an app, connections can use only API keys.
/// </summary>
public sealed class KlaviyoOAuthOptions
{
    public const string Section = "Klaviyo:OAuth";

    /// <summary>The path of the callback URL, relative to the address of this installation.</summary>
    public const string CallbackPath = "/connections/klaviyo/callback";

    /// <summary>The client id that Klaviyo shows for the app. None: there is no app.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The client secret of the app. Secret.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The URL of the page on which people sign in to Klaviyo.</summary>
    public string AuthorizeUrl { get; set; } = "https://www.klaviyo.com/oauth/authorize";

    /// <summary>The URL of the token endpoint.</summary>
    public string TokenUrl { get; set; } = "https://a.klaviyo.com/oauth/token";

    /// <summary>The URL of the revocation endpoint.</summary>
    public string RevokeUrl { get; set; } = "https://a.klaviyo.com/oauth/revoke";

    /// <summary>
    /// The callback URL that is registered for the app. It ends with <c>/connections/klaviyo/callback</c>. None: the address at which the
    /// person opened this installation, with this path.
    /// </summary>
    public string? RedirectUri { get; set; }

    /// <summary>Whether an app is configured.</summary>
    public bool IsConfigured => ClientId.Length > 0;
}
