using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts.Watching;

/// <summary>Finds what the runs of exports have come to since the last look.</summary>
internal static class RunFindings
{
    // Canceled and skipped runs say nothing about whether the export works.
    private static readonly RunState[] Ends = [RunState.FailedPermanent, .. RunStates.In(RunPhase.Delivered)];

    /// <summary>Returns the findings of all exports.</summary>
    /// <param name="names">The names of all exports.</param>
    /// <param name="shareOf">Returns the threshold of an export for warnings, in percent.</param>
    public static async Task<IEnumerable<Finding>> ReadAsync(
        AppDb db,
        IReadOnlyDictionary<int, string> names,
        Func<int, double> shareOf,
        CancellationToken cancellationToken
    )
    {
        var known = (
            await db.Set<AlertState>()
                .AsNoTracking()
                .Where(state => state.Topic == AlertTopic.Runs)
                .Select(state => state.SubjectId)
                .ToListAsync(cancellationToken)
        ).ToHashSet();
        var ended = await EndedAsync(db, cancellationToken);
        return
        [
            // A new export has not run. With this finding every run that follows is looked at, and not only the last one.
            .. names
                .Where(export => !known.Contains(export.Key) && ended.All(run => run.ExportId != export.Key))
                .Select(export => new Finding(AlertTopic.Runs, export.Key, export.Value, null, 0)),
            .. ended
                .Where(run => names.ContainsKey(run.ExportId))
                .OrderBy(run => run.Id)
                .Select(run => new Finding(AlertTopic.Runs, run.ExportId, names[run.ExportId], ReasonOf(run, shareOf(run.ExportId)), run.Id)
                {
                    RunId = run.Id,
                    Why = run.Outcome,
                }),
            .. await ApprovalsAsync(db, names, cancellationToken),
        ];
    }

    /// <summary>
    /// The runs that ended since the last look. Of an export that was not looked at yet, only the last one: the alerts of its past would
    /// come too late.
    /// </summary>
    private static async Task<IReadOnlyList<EndedRun>> EndedAsync(AppDb db, CancellationToken cancellationToken)
    {
        var runs = db.Set<Run>()
            .AsNoTracking()
            .Where(run => Ends.Contains(run.State) && (run.UndoesRunId == null || run.State == RunState.FailedPermanent));
        var states = db.Set<AlertState>().Where(state => state.Topic == AlertTopic.Runs);
        // An export has one active run at a time, so its runs end in the order of their ids.
        var next = runs.Where(run => states.Any(state => state.SubjectId == run.ExportId && state.Occasion < run.Id));
        var first = runs.Where(run =>
            !states.Any(state => state.SubjectId == run.ExportId) && !runs.Any(later => later.ExportId == run.ExportId && later.Id > run.Id)
        );
        return [.. await Rows(next).ToListAsync(cancellationToken), .. await Rows(first).ToListAsync(cancellationToken)];
    }

    private static IQueryable<EndedRun> Rows(IQueryable<Run> runs) =>
        runs.Select(run => new EndedRun(
            run.Id,
            run.ExportId,
            run.State,
            run.OutcomeKind,
            run.Outcome,
            run.Ledger.Prepared,
            run.Ledger.Refused + run.Ledger.Unconfirmed
        ));

    private static AlertReason? ReasonOf(EndedRun run, double share) =>
        run.State switch
        {
            RunState.FailedPermanent => AlertReason.RunFailed,
            // The number of rejected profiles is unknown when Klaviyo's counts differ.
            RunState.CompletedWithWarnings
                when run.OutcomeKind == RunOutcomeKind.CountsDiffer || 100.0 * run.Rejected > share * Math.Max(run.Prepared, 1) =>
                AlertReason.RunWarnings,
            _ => null,
        };

    private static async Task<IEnumerable<Finding>> ApprovalsAsync(
        AppDb db,
        IReadOnlyDictionary<int, string> names,
        CancellationToken cancellationToken
    )
    {
        var waiting = await db.Set<Run>()
            .AsNoTracking()
            .Where(run => run.State == RunState.NeedsApproval)
            .Select(run => new
            {
                run.Id,
                run.ExportId,
                run.Outcome,
            })
            .ToListAsync(cancellationToken);
        return waiting
            .Where(run => names.ContainsKey(run.ExportId))
            .Select(run => new Finding(AlertTopic.Approval, run.ExportId, names[run.ExportId], AlertReason.ApprovalNeeded, run.Id)
            {
                RunId = run.Id,
                Why = run.Outcome,
            });
    }

    private sealed record EndedRun(
        int Id,
        int ExportId,
        RunState State,
        RunOutcomeKind? OutcomeKind,
        LocalizedMessage? Outcome,
        long Prepared,
        long Rejected
    );
}
