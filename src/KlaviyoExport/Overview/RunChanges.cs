using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>What is different from the run before.</summary>
/// <param name="AgainstRunId">The run before: the last that read all members and ended.</param>
/// <param name="LeftOut">Members that were not sent: without email, invalid, duplicate or unchanged.</param>
/// <param name="ListBefore">The id of the list it went to then; null when it is the same.</param>
/// <param name="SegmentsChanged">The names of the export's segments that somebody changed between the two.</param>
/// <param name="ExportChanged">Who last changed the export between the two; null when nobody did.</param>
public sealed record RunChanges(
    int AgainstRunId,
    DateTimeOffset AgainstAt,
    CountChange Members,
    CountChange Accepted,
    CountChange Refused,
    CountChange LeftOut,
    string? ListBefore,
    IReadOnlyList<string> SegmentsChanged,
    ExportEdit? ExportChanged
)
{
    // A run that never began read nobody.
    private static readonly RunState[] Read =
    [
        RunState.Successful,
        RunState.CompletedWithWarnings,
        RunState.FailedPermanent,
        RunState.Canceled,
    ];

    internal static async Task<RunChanges?> ReadAsync(AppDb db, int runId, CancellationToken cancellationToken)
    {
        var run =
            await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken)
            ?? throw new LocalizedException(new LocalizedMessage("Delivery.RunGone"));
        if (run.FinishedAt is null || run.RetriesRunId is not null)
            return null;
        var before = await db.Set<Run>()
            .AsNoTracking()
            .Where(other =>
                other.ExportId == run.ExportId
                && other.Id < runId
                && other.RetriesRunId == null
                && other.StartedAt != null
                && Read.Contains(other.State)
            )
            .OrderByDescending(other => other.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (before is null)
            return null;
        var (from, to) = (before.StartedAt, run.StartedAt ?? run.QueuedAt);
        var between = db.Set<AuditEntry>().Where(entry => entry.At > from && entry.At <= to);
        var segments = db.Set<Export>().Where(export => export.Id == run.ExportId).SelectMany(export => export.Segments);
        return new RunChanges(
            before.Id,
            before.FinishedAt ?? before.QueuedAt,
            new(before.Ledger.Members, run.Ledger.Members),
            new(before.Ledger.Accepted, run.Ledger.Accepted),
            new(before.Ledger.Refused, run.Ledger.Refused),
            new(LeftOutOf(before.Ledger), LeftOutOf(run.Ledger)),
            before.ListId == run.ListId ? null : before.ListId,
            await segments
                .Where(segment => between.Any(entry => entry.Action == "Segments.Changed" && entry.SubjectId == segment.Id))
                .OrderBy(segment => segment.Name)
                .Select(segment => segment.Name)
                .ToListAsync(cancellationToken),
            await between
                .Where(entry => entry.Action == "Exports.Changed" && entry.SubjectId == run.ExportId)
                .OrderByDescending(entry => entry.Id)
                .Select(entry => new ExportEdit(entry.At, entry.ActorName))
                .FirstOrDefaultAsync(cancellationToken)
        );
    }

    private static long LeftOutOf(Ledger ledger) => ledger.WithoutEmail + ledger.Invalid + ledger.Duplicate + ledger.Unchanged;
}

/// <summary>A count then and now.</summary>
public sealed record CountChange(long Before, long Now)
{
    public long Difference => Now - Before;
}

public sealed record ExportEdit(DateTimeOffset At, string By);
