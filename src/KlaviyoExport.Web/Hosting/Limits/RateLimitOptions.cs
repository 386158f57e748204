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

    /// <summary>The sign-ins per minute of a network address: with a password, and with a provider.</summary>
    [Range(1, Most)]
    public int SignIns { get; set; } = 120;

    /// <summary>The requests for a new password of a network address in a quarter of an hour.</summary>
    [Range(1, Most)]
    public int ForgottenPasswords { get; set; } = 10;

    /// <summary>
    /// How often per minute a network address may send the forms of one-time links: of passwords, and of the first administrator.
    /// </summary>
    [Range(1, Most)]
    public int Links { get; set; } = 30;

    /// <summary>The requests per minute of a network address to the API without a valid token.</summary>
    [Range(1, Most)]
    public int RefusedTokens { get; set; } = 60;

    /// <summary>The files per minute that a person may download.</summary>
    [Range(1, Most)]
    public int Downloads { get; set; } = 60;

    /// <summary>How often per minute a person may open pages that are expensive to make.</summary>
    [Range(1, Most)]
    public int ExpensivePages { get; set; } = 300;

    /// <summary>
    /// The actions per minute by which a person makes the application read a source or ask Klaviyo: counts, tests, previews, uploads.
    /// </summary>
    [Range(1, Most)]
    public int ExpensiveActions { get; set; } = 120;
}
