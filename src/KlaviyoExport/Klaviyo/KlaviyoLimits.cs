namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The limits of Klaviyo's API, from its OpenAPI description of revision 2026-07-15. Each summary names the endpoint that has the limit.
/// </summary>
public static class KlaviyoLimits
{
    /// <summary>bulk_import_profiles: "Accepts up to 10,000 profiles per request".</summary>
    public const int ProfilesPerImport = 10_000;

    /// <summary>
    /// bulk_import_profiles: "The maximum allowed payload size is 5MB". This is taken as decimal megabytes, because binary megabytes
    /// would allow more.
    /// </summary>
    public const int ImportBytes = 5_000_000;

    /// <summary>bulk_import_profiles: "maximum allowed payload size per-profile is 100KB", taken as decimal kilobytes.</summary>
    public const int ProfileBytes = 100_000;

    /// <summary>add_profiles_to_list: "accepts a maximum of 1000 profiles per call".</summary>
    public const int ProfilesPerAddition = 1_000;

    /// <summary>remove_profiles_from_list: "accepts a maximum of 1000 profiles per call".</summary>
    public const int ProfilesPerRemoval = 1_000;

    /// <summary>get_profiles: A page holds 100 profiles, so one page can answer an any() filter with 100 addresses.</summary>
    public const int EmailsPerLookup = 100;

    /// <summary>The maximum of page[size], for all resources except lists.</summary>
    public const int PageSize = 100;

    /// <summary>get_lists: "Returns a maximum of 10 results per page".</summary>
    public const int ListPageSize = 10;

    /// <summary>
    /// The maximum length of a filter in a URL, in characters. Not a limit of Klaviyo's: common proxies refuse URLs longer than 8 KB.
    /// </summary>
    internal const int FilterCharacters = 6_000;

    /// <summary>
    /// The maximum size of a response, in bytes. Not a limit of Klaviyo's. The largest expected response is about 10 MB: 100 import
    /// errors, each with a payload of 100 KB.
    /// </summary>
    internal const int MaxResponseBytes = 32 * 1024 * 1024;
}
