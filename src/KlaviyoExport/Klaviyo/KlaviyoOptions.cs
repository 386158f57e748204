namespace KlaviyoExport.Klaviyo;

/// <summary>The <c>Klaviyo</c> section of the configuration.</summary>
public sealed class KlaviyoOptions
{
    public const string Section = "Klaviyo";

    /// <summary>Where Klaviyo is: https, or http on the loopback (the Sandbox). A path is kept as a prefix.</summary>
    public string BaseUrl { get; set; } = "https://a.klaviyo.com";

    /// <summary>The API revision every call asks for. Stable for one year, deprecated for one more, then retired.</summary>
    public string Revision { get; set; } = "2026-07-15";

    /// <summary>An export of more distinct deliverable profiles sends nothing. From 1 to 1,000,000.</summary>
    public int MaxProfilesPerExport { get; set; } = 100_000;

    public KlaviyoRetryOptions Retry { get; set; } = new();

    /// <summary>The base address, with the slash at its end that relative addresses need.</summary>
    internal Uri BaseAddress => new(BaseUrl.TrimEnd('/') + "/");
}
