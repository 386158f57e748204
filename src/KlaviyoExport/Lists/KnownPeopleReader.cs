using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>Reads whom an export that need not be saved would know at the start of a run.</summary>
internal sealed class KnownPeopleReader(IDbContextFactory<AppDb> stores, Memberships memberships)
{
    /// <returns>The people, and the other exports to the list.</returns>
    public async Task<(KnownPeople People, IReadOnlyList<int> Others)> ReadAsync(DraftedExport drafted, CancellationToken cancellationToken)
    {
        var others = await OthersAsync(drafted, cancellationToken);
        // No membership belongs to the export 0.
        var known = await memberships.LoadAsync(drafted.DeliveredBy ?? 0, others, cancellationToken);
        if (drafted.ChangesMode)
            known.Delivered.ForgetFingerprints();
        return (known, others);
    }

    private async Task<IReadOnlyList<int>> OthersAsync(DraftedExport drafted, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var exports = await ExportsToList.ReadAsync(db, drafted.AccountId, drafted.Export.ListId, drafted.Export.Id, cancellationToken);
        return exports.ConvertAll(export => export.Id);
    }
}
