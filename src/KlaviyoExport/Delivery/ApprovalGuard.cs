using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Decides whether a run must wait for approval because it would change much more than the previous runs of its export. When half of a
/// list disappears, the cause is usually a broken source.
/// </summary>
internal sealed class ApprovalGuard(IOptions<ApprovalOptions> options, TimeProvider clock)
{
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    /// <summary>
    /// Moves a run that has just been prepared to <see cref="RunState.NeedsApproval"/> if necessary, in the caller's transaction. The
    /// first run of an export, and a run that sends rejected profiles again, never wait.
    /// </summary>
    public async Task HoldUpAsync(AppDb db, Run run, ListRules rules, CancellationToken cancellationToken)
    {
        if (run.ApprovedAt is not null || run.RetriesRunId is not null || run.Ledger is { Prepared: 0, Leaving: 0 })
            return;
        if (await LastAsync(db, run, cancellationToken) is not { } last || WhyOf(run.Ledger, last.Deliverable, rules) is not { } why)
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

    /// <summary>
    /// Tells from when on <see cref="HoldUpAsync"/> cannot hold a run up, although not all of its members are read.
    /// </summary>
    /// <returns>Null when the run never waits for approval.</returns>
    public async Task<ApprovalOutlook?> OutlookAsync(AppDb db, int runId, ListRules rules, CancellationToken cancellationToken)
    {
        var run = await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == runId, cancellationToken);
        if (run.ApprovedAt is not null || run.RetriesRunId is not null)
            return null;
        return await LastAsync(db, run, cancellationToken) is { } last ? new ApprovalOutlook(options.Value, rules, last.Deliverable) : null;
    }

    public DateTimeOffset LapsesAt(DateTimeOffset askedAt) => askedAt + options.Value.Patience;

    /// <summary>The approval of a run that started to wait at or before this time has expired.</summary>
    public DateTimeOffset LapsedBefore => clock.GetUtcNow() - options.Value.Patience;

    /// <summary>
    /// Finds the run that a run is compared with: the last ordinary run that ended successfully and had deliverable profiles.
    /// </summary>
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

    private LocalizedMessage? WhyOf(Ledger ledger, long before, ListRules rules)
    {
        var deliverable = ledger.Prepared + ledger.Unchanged;
        var removals = ledger.Leaving - ledger.KeptForOthers;
        if (options.Value.IsMuch(removals, before, rules))
            return new LocalizedMessage("Delivery.WouldRemove", removals, deliverable, before);
        return options.Value.IsMuch(Math.Abs(deliverable - before), before, rules)
            ? new LocalizedMessage("Delivery.WouldDeliver", deliverable, before, Math.Round((decimal)(deliverable - before) / before, 2))
            : null;
    }
}

/// <param name="Deliverable">The number of profiles that were sent or unchanged.</param>
internal sealed record LastDelivery(int RunId, long Deliverable);

/// <summary>Whether a run whose counts are not final yet may need approval.</summary>
/// <param name="Options">The limits of the installation.</param>
/// <param name="Rules">The limits of the export.</param>
/// <param name="Before">The deliverable profiles of the run that it is compared with.</param>
internal sealed record ApprovalOutlook(ApprovalOptions Options, ListRules Rules, long Before)
{
    /// <param name="least">The least number of deliverable profiles that the run can have.</param>
    /// <param name="most">The greatest number.</param>
    /// <param name="removals">The greatest number of profiles that it can take off the list.</param>
    public bool MayNeedApproval(long least, long most, long removals) =>
        IsMuch(removals) || IsMuch(least - Before) || IsMuch(most - Before);

    private bool IsMuch(long difference) => Options.IsMuch(Math.Abs(difference), Before, Rules);
}
