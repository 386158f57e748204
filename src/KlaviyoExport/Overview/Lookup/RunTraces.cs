using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.Lists.Traces;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview.Lookup;

/// <summary>Tells what the last ended runs of an export did with a person, as far as the store proves it.</summary>
internal static class RunTraces
{
    private const int Shown = 5;
    private static readonly RunState[] Ended = RunStates.In(RunPhase.Delivered, RunPhase.NotDelivered);

    /// <summary>Returns the last ended runs of an export, newest first.</summary>
    public static Task<List<Run>> LastAsync(AppDb db, int exportId, CancellationToken cancellationToken) =>
        db.Set<Run>()
            .AsNoTracking()
            .Where(run => run.ExportId == exportId && Ended.Contains(run.State))
            .OrderByDescending(run => run.Id)
            .Take(Shown)
            .ToListAsync(cancellationToken);

    /// <param name="db">The context.</param>
    /// <param name="runs">The runs of an export.</param>
    /// <param name="traces">What is stored about the person for these runs.</param>
    /// <param name="own">What the export knows of the person on its list. Null when it knows nothing.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async Task<IReadOnlyList<PersonInRun>> ReadAsync(
        AppDb db,
        IReadOnlyList<Run> runs,
        PersonTraces traces,
        Membership? own,
        CancellationToken cancellationToken
    )
    {
        var ids = runs.Select(run => run.Id).ToList();
        var batches = (
            await db.Set<Batch>()
                .AsNoTracking()
                .Where(batch => ids.Contains(batch.RunId) && (batch.WindowFrom != null || batch.SentAt != null))
                .ToListAsync(cancellationToken)
        ).ToLookup(batch => batch.RunId, batch => batch.Window);
        var (first, last) = (
            RunWith(PersonMemberships.Window(own?.FirstFrom, own?.FirstUntil)),
            RunWith(PersonMemberships.Window(own?.LastFrom, own?.LastUntil))
        );
        return [.. runs.Select(Told)];

        // A person has the window of the batch that delivered the person. Klaviyo's times are whole seconds, so two runs may have the same.
        int? RunWith(DeliveryWindow? window) =>
            window is { } one && ids.Where(id => batches[id].Contains(one)).ToList() is [var only] ? only : null;

        PersonInRun Told(Run run)
        {
            RunTrace[] found =
            [
                .. run.Id == first || run.Id == last ? [Delivery(own!, run.Id == last)] : Array.Empty<RunTrace>(),
                .. traces
                    .Rejections.Where(one => one.Row.RunId == run.Id)
                    .Select(one => new RunTrace(RunTraceKind.Rejected, one.Row.Reason, one.Row.ProfileKey, one.Row.Detail)),
                .. traces.Removed.Where(one => one.Row.RunId == run.Id).Select(_ => new RunTrace(RunTraceKind.Removed)),
                .. traces
                    .Differences.Where(one => one.RunId == run.Id)
                    .Select(one => new RunTrace(RunTraceKind.Differed, Difference: one.Row.Kind)),
            ];
            return new PersonInRun(
                run.Id,
                run.State,
                run.FinishedAt,
                found,
                found.Length == 0 ? SilenceOf(run, own, [.. batches[run.Id]]) : null
            );
        }
    }

    private static RunTrace Delivery(Membership own, bool isLast) =>
        new(isLast && Array.TrueForAll(own.Fingerprint, part => part == 0) ? RunTraceKind.Sent : RunTraceKind.Delivered);

    private static RunSilence SilenceOf(Run run, Membership? own, IReadOnlyList<DeliveryWindow> windows) =>
        run.State.Phase() == RunPhase.NotDelivered ? RunSilence.NotDelivered
        : run.RetriesRunId is not null || run.UndoesRunId is not null ? RunSilence.Partial
        : run.RejectionsPurgedAt is not null ? RunSilence.Purged
        : own is { State: MembershipState.Held, LastUntil: { } last } && run.StartedAt >= last ? RunSilence.Unchanged
        : windows.Any(window => window.From >= own?.FirstFrom && window.Until <= own.LastUntil) ? RunSilence.Between
        : RunSilence.UnchangedOrAbsent;
}
