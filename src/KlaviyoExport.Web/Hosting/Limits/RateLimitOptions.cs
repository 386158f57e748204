using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>
/// Section <c>RateLimits</c>: how much one person or one network address may ask of one server. The defaults are far above what people
/// need.
/// </summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    private const int Most = 1_000_000;

    /// <summary>The maximum number of sign-ins per minute from one network address, with a password or with a provider.</summary>
    [Range(1, Most)]
    public int SignIns { get; set; } = 120;

    /// <summary>The maximum number of requests for a new password from one network address in a quarter of an hour.</summary>
    [Range(1, Most)]
    public int ForgottenPasswords { get; set; } = 10;

    /// <summary>
    /// How often per minute one network address may submit the forms of one-time links: to set a password, and to create the first
    /// administrator.
    /// </summary>
    [Range(1, Most)]
    public int Links { get; set; } = 30;

    /// <summary>The maximum number of API requests per minute from one network address without a valid token.</summary>
    [Range(1, Most)]
    public int RefusedTokens { get; set; } = 60;

    /// <summary>The maximum number of files that a person may download per minute.</summary>
    [Range(1, Most)]
    public int Downloads { get; set; } = 60;

    /// <summary>How often per minute a person may open pages that are much work for the server.</summary>
    [Range(1, Most)]
    public int ExpensivePages { get; set; } = 300;

    /// <summary>
    /// The maximum number of actions per minute with which a person lets the application read a source or ask Klaviyo: counts, tests,
    /// previews and uploads.
    /// </summary>
    [Range(1, Most)]
    public int ExpensiveActions { get; set; } = 120;
}
