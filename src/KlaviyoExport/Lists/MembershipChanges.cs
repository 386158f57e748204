using System.Linq.Expressions;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// Keeps the stored memberships consistent with changes of exports. An export that is removed, detached or sent elsewhere holds nobody any
/// more, and nobody is taken off a list because of it.
/// </summary>
internal static class MembershipChanges
{
    private const int Chunk = 500;

    /// <summary>Applies a change of an export, in the same transaction.</summary>
    public static Task FollowAsync(AppDb db, ExportChange change, CancellationToken cancellationToken) =>
        change switch
        {
            ExportChange.Redirecting { ExportId: var export } => LetGoAsync(db, export, cancellationToken),
            ExportChange.Removing { ExportId: var export } => LetGoAsync(db, export, cancellationToken),
            ExportChange.ModeChanged { ExportId: var export } => Memberships.ChangeModeAsync(db, export, cancellationToken),
            ExportChange.Detaching { ExportId: var export } => DetachAsync(db, export, cancellationToken),
            ExportChange.AccountLeft { AccountId: var account } => EraseAsync(
                db,
                run => run.AccountId == account && run.ActiveExportId == null,
                cancellationToken
            ),
            _ => Task.CompletedTask,
        };

    private static async Task DetachAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        await LetGoAsync(db, exportId, cancellationToken);
        await EraseAsync(db, run => run.ExportId == exportId, cancellationToken);
    }

    /// <summary>
    /// Deletes the people of an export. What the other exports to the list must know is stored with them: that it put a person on the list
    /// whom they have too, so that one of them may take the person off later, and whom somebody has taken off in Klaviyo.
    /// </summary>
    private static async Task LetGoAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        var others = (await ExportsToList.OthersAsync(db, exportId, cancellationToken)).ConvertAll(export => export.Id);
        if (others.Count > 0)
        {
            await HandOverDeliveriesAsync(db, exportId, others, cancellationToken);
            await HandOverRemovalsAsync(db, exportId, others, cancellationToken);
        }
        await Memberships.ForgetAsync(db, exportId, cancellationToken);
    }

    /// <summary>
    /// A row has room for two deliveries: they are the first of both exports, as far as these are known. A person who is off the list joins
    /// it by a later one.
    /// </summary>
    private static async Task HandOverDeliveriesAsync(AppDb db, int exportId, List<int> others, CancellationToken cancellationToken)
    {
        var pairs = db.Set<Membership>()
            .Where(row => others.Contains(row.ExportId) && row.State != MembershipState.RemovedByHand)
            .Join(
                db.Set<Membership>().Where(row => row.ExportId == exportId && row.FirstFrom != null),
                kept => kept.EmailHash,
                forgotten => forgotten.EmailHash,
                (kept, forgotten) => new { kept, forgotten }
            );
        await pairs
            .Where(pair => pair.kept.FirstFrom <= pair.forgotten.FirstFrom && pair.kept.LastFrom == pair.kept.FirstFrom)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(pair => pair.kept.LastFrom, pair => pair.forgotten.FirstFrom)
                        .SetProperty(pair => pair.kept.LastUntil, pair => pair.forgotten.FirstUntil),
                cancellationToken
            );
        // The last delivery of an older version is not known, and stays so: its batches are asked instead.
        await pairs
            .Where(pair => pair.kept.FirstFrom == null || pair.forgotten.FirstFrom < pair.kept.FirstFrom)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(pair => pair.kept.FirstFrom, pair => pair.forgotten.FirstFrom)
                        .SetProperty(pair => pair.kept.FirstUntil, pair => pair.forgotten.FirstUntil)
                        .SetProperty(
                            pair => pair.kept.LastFrom,
                            pair => pair.kept.LastFrom == null ? null : (pair.kept.FirstFrom ?? pair.forgotten.LastFrom)
                        )
                        .SetProperty(
                            pair => pair.kept.LastUntil,
                            pair => pair.kept.LastFrom == null ? null : (pair.kept.FirstUntil ?? pair.forgotten.LastUntil)
                        ),
                cancellationToken
            );
    }

    /// <summary>One of the other exports is enough: whoever is off for one export is off for all exports to the list.</summary>
    private static async Task HandOverRemovalsAsync(AppDb db, int exportId, List<int> others, CancellationToken cancellationToken)
    {
        var known = db.Set<Membership>().Where(row => others.Contains(row.ExportId) && row.State == MembershipState.RemovedByHand);
        var off = await db.Set<Membership>()
            .Where(row =>
                row.ExportId == exportId
                && row.State == MembershipState.RemovedByHand
                && !known.Any(other => other.EmailHash == row.EmailHash)
            )
            .Select(row => row.EmailHash)
            .ToListAsync(cancellationToken);
        if (off.Count == 0)
            return;
        // A run that is in progress may rely on knowing nobody yet.
        var heir = await db.Set<Export>()
            .Where(export => others.Contains(export.Id))
            .OrderBy(export => db.Set<Run>().Any(run => run.ActiveExportId == export.Id))
            .ThenBy(export => export.Id)
            .Select(export => export.Id)
            .FirstAsync(cancellationToken);
        foreach (var hashes in off.Chunk(Chunk))
            await Memberships.RemoveByHandAsync(db, heir, hashes, cancellationToken);
    }

    /// <summary>Deletes the differences that the checks of some runs have stored, and whom these runs have removed.</summary>
    private static async Task EraseAsync(AppDb db, Expression<Func<Run, bool>> isConcerned, CancellationToken cancellationToken)
    {
        var runs = db.Set<Run>().Where(isConcerned);
        await db.Set<RemovedMember>().Where(removed => runs.Any(run => run.Id == removed.RunId)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<ListDifference>()
            .Where(difference => db.Set<ListCheck>().Any(check => check.Id == difference.CheckId && runs.Any(run => run.Id == check.RunId)))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
