using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Klaviyo.Wire;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Finds the scopes that a credential lacks, without creating or changing anything. It checks the read scopes with requests for one row.
/// It checks the write scopes with an empty import of a resource type that does not exist. Klaviyo must refuse this import: for a missing
/// scope, or else for its content.
/// </summary>
internal static class ScopeProbe
{
    private static readonly string[] Writes = ["lists:write", "profiles:write"];

    private static ReadOnlyMemory<byte> NoImport { get; } =
        """{"data":{"type":"scope-probe","attributes":{"profiles":{"data":[]}}}}"""u8.ToArray();

    /// <summary>Returns the missing scopes among lists:read, profiles:read, lists:write and profiles:write.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a read for a reason other than a missing scope.</exception>
    public static async Task<IReadOnlyList<string>> MissingAsync(
        KlaviyoWire wire,
        KlaviyoCredential credential,
        CancellationToken cancellationToken
    )
    {
        var missing = new List<string>();
        var lists = await wire.GetAsync(
            credential,
            KlaviyoEndpoint.GetLists,
            "api/lists?page%5Bsize%5D=1",
            KlaviyoJson.Default.PageListAttributes,
            cancellationToken
        );
        if (IsMissing(lists.Refusal))
            missing.Add("lists:read");
        var profiles = await wire.GetAsync(
            credential,
            KlaviyoEndpoint.GetProfiles,
            "api/profiles?fields%5Bprofile%5D=email&page%5Bsize%5D=1",
            KlaviyoJson.Default.PageProfileAttributes,
            cancellationToken
        );
        if (IsMissing(profiles.Refusal))
            missing.Add("profiles:read");
        var import = await wire.PostAsync(
            credential,
            KlaviyoEndpoint.BulkImportProfiles,
            "api/profile-bulk-import-jobs",
            () => new ReadOnlyMemoryContent(NoImport),
            KlaviyoJson.Default.Created,
            new CallAttempts(),
            null,
            cancellationToken
        );
        if (import.Refusal?.Kind == KlaviyoRefusalKind.MissingScope)
            missing.AddRange(MissingWrites(import.Refusal));
        return missing;
    }

    private static bool IsMissing(KlaviyoRefusal? refusal) =>
        refusal switch
        {
            null => false,
            { Kind: KlaviyoRefusalKind.MissingScope } => true,
            _ => throw new KlaviyoRefusedException(refusal),
        };

    // The error's detail usually names the missing scopes. When it names none, report both, because either may be missing.
    private static IEnumerable<string> MissingWrites(KlaviyoRefusal refusal)
    {
        var named = Writes.Where(scope => refusal.Errors.Any(error => error.Detail.Contains(scope, StringComparison.Ordinal))).ToList();
        return named.Count > 0 ? named : Writes;
    }
}
