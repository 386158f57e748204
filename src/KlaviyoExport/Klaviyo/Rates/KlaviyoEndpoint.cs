namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// An endpoint of Klaviyo's API and its rate limits per account. Both limits apply at the same time. The values are from Klaviyo's
/// OpenAPI description of revision 2026-07-15.
/// </summary>
/// <param name="Burst">The maximum number of calls per second.</param>
/// <param name="Steady">The maximum number of calls per minute.</param>
internal sealed record KlaviyoEndpoint(string Name, int Burst, int Steady)
{
    public static readonly KlaviyoEndpoint GetAccounts = new("get_accounts", 1, 15);
    public static readonly KlaviyoEndpoint GetLists = new("get_lists", 75, 750);
    public static readonly KlaviyoEndpoint GetList = new("get_list", 75, 750);
    public static readonly KlaviyoEndpoint GetListWithCount = new("get_list with profile_count", 1, 15);
    public static readonly KlaviyoEndpoint BulkImportProfiles = new("bulk_import_profiles", 10, 150);
    public static readonly KlaviyoEndpoint GetImportJob = new("get_bulk_import_profiles_job", 10, 150);
    public static readonly KlaviyoEndpoint GetImportJobs = new("get_bulk_import_profiles_jobs", 10, 150);
    public static readonly KlaviyoEndpoint GetImportErrors = new("get_errors_for_bulk_import_profiles_job", 10, 150);
    public static readonly KlaviyoEndpoint GetListProfiles = new("get_profiles_for_list", 75, 750);
    public static readonly KlaviyoEndpoint GetProfiles = new("get_profiles", 75, 750);
    public static readonly KlaviyoEndpoint AddToList = new("add_profiles_to_list", 10, 150);
    public static readonly KlaviyoEndpoint RemoveFromList = new("remove_profiles_from_list", 10, 150);
}
