using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>Counts what a change of an export deletes.</summary>
internal sealed class LossReader(IDbContextFactory<AppDb> stores, ExportService exports)
{
    /// <returns>What the removal of the export deletes. Null when it deletes nothing but the export.</returns>
    public async Task<ConfigurationLoss?> OfRemovalAsync(Actor actor, int exportId, CancellationToken cancellationToken)
    {
        var recorded = await exports.LossAsync(actor, [exportId], cancellationToken);
        return Loss(recorded.Runs, recorded.Rejections, await MembershipsAsync(exportId, cancellationToken));
    }

    /// <returns>What is deleted when the export is sent to another list or account. Null when it has delivered nobody.</returns>
    public async Task<ConfigurationLoss?> OfRedirectionAsync(int exportId, CancellationToken cancellationToken) =>
        Loss(0, 0, await MembershipsAsync(exportId, cancellationToken));

    private async Task<int> MembershipsAsync(int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Membership>().CountAsync(row => row.ExportId == exportId, cancellationToken);
    }

    private static ConfigurationLoss? Loss(int runs, int rejections, int memberships) =>
        new ConfigurationLoss(runs, rejections, memberships) is { IsNothing: false } loss ? loss : null;
}
