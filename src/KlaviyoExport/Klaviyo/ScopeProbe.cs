using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Klaviyo.Wire;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Finds out which scopes a key lacks without creating or changing anything: reads ask for one row, and the write is an import of
/// nothing under a type that does not exist, which Klaviyo must refuse for its content unless it first refuses it for its scope.
/// </summary>
internal static class ScopeProbe
{
    private static readonly string[] Writes = ["lists:write", "profiles:write"];

    private static ReadOnlyMemory<byte> NoImport { get; } =
        """{"data":{"type":"scope-probe","attributes":{"profiles":{"data":[]}}}}"""u8.ToArray();

    /// <returns>The scopes the key lacks, of lists:read, profiles:read, lists:write and profiles:write. (accounts:read is needed to get
    /// this far.)</returns>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a read for another reason than its scope.</exception>
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
            NoImport,
            KlaviyoJson.Default.Created,
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

    // Klaviyo names the scopes in its words; where it does not, either may be the one.
    private static IEnumerable<string> MissingWrites(KlaviyoRefusal refusal)
    {
        var named = Writes.Where(scope => refusal.Errors.Any(error => error.Detail.Contains(scope, StringComparison.Ordinal))).ToList();
        return named.Count > 0 ? named : Writes;
    }
}
