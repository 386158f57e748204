using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// When people may have been delivered whom an older version of the product delivered, which did not store that: in every batch of the
/// export, as far as its run is still stored.
/// </summary>
internal sealed class UnstoredDeliveries
{
    private readonly ILookup<int, DeliveryWindow> _windows;

    private UnstoredDeliveries(ILookup<int, DeliveryWindow> windows) => _windows = windows;

    /// <summary>Reads the batches of the exports whose deliveries of some people are not stored.</summary>
    public static async Task<UnstoredDeliveries> ReadAsync(
        AppDb db,
        IReadOnlyList<Membership> people,
        string listId,
        CancellationToken cancellationToken
    )
    {
        var exports = people.Where(IsOfOlderVersion).Select(row => row.ExportId).Distinct().ToList();
        var batches = await db.Set<Run>()
            .Where(run => exports.Contains(run.ExportId) && run.ListId == listId)
            .Join(
                db.Set<Batch>().Where(batch => batch.SentAt != null),
                run => run.Id,
                batch => batch.RunId,
                (run, batch) =>
                    new
                    {
                        run.ExportId,
                        batch.SentAt,
                        batch.ConfirmedAt,
                    }
            )
            .ToListAsync(cancellationToken);
        return new UnstoredDeliveries(
            batches.ToLookup(
                batch => batch.ExportId,
                batch => new DeliveryWindow(batch.SentAt!.Value, batch.ConfirmedAt ?? batch.SentAt.Value + DeliveryWindow.Longest)
            )
        );
    }

    /// <summary>Whether a person of an older version may have joined the list at this time through a delivery.</summary>
    public bool Explain(Membership person, DateTimeOffset joined) =>
        IsOfOlderVersion(person) && _windows[person.ExportId].Any(window => window.Contains(joined));

    /// <summary>That somebody has taken a person off the list is also stored with exports that have not delivered the person.</summary>
    private static bool IsOfOlderVersion(Membership row) => row.LastFrom is null && row.State != MembershipState.RemovedByHand;
}
