namespace KlaviyoExport.Klaviyo;

/// <summary>Section <c>Klaviyo</c>: Klaviyo's API.</summary>
public sealed class KlaviyoOptions
{
    public const string Section = "Klaviyo";

    /// <summary>The largest value of <see cref="MaxProfilesPerExport"/>, and of the limit of a connection.</summary>
    public const int MostProfilesPerExport = 1_000_000;

    /// <summary>
    /// The base address of Klaviyo's API: https, or http on the loopback address (for the sandbox). A path is kept as a prefix.
    /// </summary>
    public string BaseUrl { get; set; } = "https://a.klaviyo.com";

    /// <summary>
    /// The API revision of every call: a date, optionally with a suffix such as <c>.pre</c>. Klaviyo keeps a revision stable for one year and
    /// deprecated for another year, and then retires it.
    /// </summary>
    public string Revision { get; set; } = "2026-07-15";

    /// <summary>
    /// The maximum number of distinct deliverable profiles per export, unless its connection has a limit of its own. An export with more
    /// profiles sends nothing. From 1 to 1,000,000.
    /// </summary>
    public int MaxProfilesPerExport { get; set; } = 100_000;

    /// <summary>Retries and time-outs (<c>Klaviyo:Retry:…</c>).</summary>
    public KlaviyoRetryOptions Retry { get; set; } = new();

    /// <summary>The base address with a slash at its end, which is required to resolve relative addresses.</summary>
    internal Uri BaseAddress => new(BaseUrl.TrimEnd('/') + "/");
}
