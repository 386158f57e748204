namespace KlaviyoExport.Klaviyo;

/// <summary>Klaviyo's own limits, from its OpenAPI description of revision 2026-07-15 (the endpoint each is named for).</summary>
public static class KlaviyoLimits
{
    /// <summary>bulk_import_profiles: "Accepts up to 10,000 profiles per request".</summary>
    public const int ProfilesPerImport = 10_000;

    /// <summary>bulk_import_profiles: "The maximum allowed payload size is 5MB", read as decimal megabytes, the smaller reading.</summary>
    public const int ImportBytes = 5_000_000;

    /// <summary>bulk_import_profiles: "maximum allowed payload size per-profile is 100KB", read as decimal kilobytes.</summary>
    public const int ProfileBytes = 100_000;

    /// <summary>remove_profiles_from_list: "accepts a maximum of 1000 profiles per call".</summary>
    public const int ProfilesPerRemoval = 1_000;

    /// <summary>get_profiles: one page, and so one any() filter that is answered whole, holds 100.</summary>
    public const int EmailsPerLookup = 100;

    /// <summary>page[size] at most, for everything but lists.</summary>
    public const int PageSize = 100;

    /// <summary>get_lists: "Returns a maximum of 10 results per page".</summary>
    public const int ListPageSize = 10;

    /// <summary>Ours, not Klaviyo's: addresses longer than 8 KB are refused by common proxies, so a filter is kept well below.</summary>
    internal const int FilterCharacters = 6_000;

    /// <summary>Ours: no answer Klaviyo gives comes near (100 import errors, each with a payload of 100 KB, are 10 MB).</summary>
    internal const int AnswerBytes = 32 * 1024 * 1024;
}
