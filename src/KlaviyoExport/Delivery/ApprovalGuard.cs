using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Holds a run up that would change much more than runs of its export do: half of a list gone is more often a broken source than a wish.
/// </summary>
internal sealed class ApprovalGuard(IOptions<ApprovalOptions> options, TimeProvider clock)
{
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    /// <summary>
    /// Makes a run that has just been prepared wait where it must, in the caller's transaction. First runs, and those of what another
    /// rejected, never do.
    /// </summary>
    public async Task HoldUpAsync(AppDb db, Run run, CancellationToken cancellationToken)
    {
        if (run.ApprovedAt is not null || run.RetriesRunId is not null || run.Ledger is { Prepared: 0, Leaving: 0 })
            return;
        if (await LastAsync(db, run, cancellationToken) is not { } last || WhyOf(run.Ledger, last.Deliverable) is not { } why)
            return;
        run.MoveTo(RunState.NeedsApproval);
        run.Tell(new RunOutcome(RunOutcomeKind.NeedsApproval, why));
        run.ApprovalAskedAt = clock.GetUtcNow();
        db.Set<RunEvent>()
            .Add(
                new RunEvent
                {
                    RunId = run.Id,
                    At = clock.GetUtcNow(),
                    What = why,
                }
            );
    }

    public DateTimeOffset LapsesAt(DateTimeOffset askedAt) => askedAt + options.Value.Patience;

    /// <summary>Those that asked at or before this have waited too long.</summary>
    public DateTimeOffset LapsedBefore => clock.GetUtcNow() - options.Value.Patience;

    /// <summary>The last ordinary run before that ended well and had anybody to deliver: what a run is compared with.</summary>
    public static async Task<LastDelivery?> LastAsync(AppDb db, Run run, CancellationToken cancellationToken) =>
        await db.Set<Run>()
            .Where(other =>
                other.ExportId == run.ExportId
                && other.Id < run.Id
                && other.RetriesRunId == null
                && Delivered.Contains(other.State)
                && other.Ledger.Prepared + other.Ledger.Unchanged > 0
            )
            .OrderByDescending(other => other.Id)
            .Select(other => new LastDelivery(other.Id, other.Ledger.Prepared + other.Ledger.Unchanged))
            .FirstOrDefaultAsync(cancellationToken);

    private LocalizedMessage? WhyOf(Ledger ledger, long before)
    {
        var deliverable = ledger.Prepared + ledger.Unchanged;
        if (IsMuch(ledger.Leaving, before))
            return new LocalizedMessage("Delivery.WouldRemove", ledger.Leaving, deliverable, before);
        return IsMuch(Math.Abs(deliverable - before), before)
            ? new LocalizedMessage("Delivery.WouldDeliver", deliverable, before, Math.Round((decimal)(deliverable - before) / before, 2))
            : null;
    }

    private bool IsMuch(long difference, long before) => difference >= options.Value.AtLeast && difference > options.Value.Share * before;
}

/// <param name="Deliverable">How many it sent or found unchanged.</param>
internal sealed record LastDelivery(int RunId, long Deliverable);
