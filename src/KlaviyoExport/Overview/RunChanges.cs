using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>The differences between a run and the previous run of the same export.</summary>
/// <param name="AgainstRunId">The previous run: the latest earlier run that started, ended, and neither sent rejected
/// profiles again nor undid another run.</param>
/// <param name="LeftOut">Members that were not sent because they are without email, invalid, duplicate or unchanged.</param>
/// <param name="ListBefore">The id of the list of the previous run. Null when it is the same.</param>
/// <param name="SegmentsChanged">The names of the segments that were changed between the two runs: those of the export, and those that they
/// refer to.</param>
/// <param name="ExportChanged">The last change to the export between the two runs. Null when there was none.</param>
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
    // Skipped runs have not read any members, so they are not compared.
    private static readonly RunState[] Read = [.. Enum.GetValues<RunState>().Where(state => state.IsFinal() && state != RunState.Skipped)];

    internal static async Task<RunChanges?> ReadAsync(AppDb db, int runId, CancellationToken cancellationToken)
    {
        var run =
            await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        if (run.FinishedAt is null || run.RetriesRunId is not null || run.UndoesRunId is not null)
            return null;
        var before = await db.Set<Run>()
            .AsNoTracking()
            .Where(other =>
                other.ExportId == run.ExportId
                && other.Id < runId
                && other.RetriesRunId == null
                && other.UndoesRunId == null
                && other.StartedAt != null
                && Read.Contains(other.State)
            )
            .OrderByDescending(other => other.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (before is null)
            return null;
        var (from, to) = (before.StartedAt, run.StartedAt ?? run.QueuedAt);
        var between = db.Set<AuditEntry>().Where(entry => entry.At > from && entry.At <= to);
        return new RunChanges(
            before.Id,
            before.FinishedAt ?? before.QueuedAt,
            new(before.Ledger.Members, run.Ledger.Members),
            new(before.Ledger.Accepted, run.Ledger.Accepted),
            new(before.Ledger.Refused, run.Ledger.Refused),
            new(before.Ledger.LeftOut, run.Ledger.LeftOut),
            before.ListId == run.ListId ? null : before.ListId,
            await SegmentsChangedAsync(db, run.ExportId, between, cancellationToken),
            await between
                .Where(entry => entry.Action == "Exports.Changed" && entry.SubjectId == run.ExportId)
                .OrderByDescending(entry => entry.Id)
                .Select(entry => new ExportEdit(entry.At, entry.ActorName))
                .FirstOrDefaultAsync(cancellationToken)
        );
    }

    private static async Task<IReadOnlyList<string>> SegmentsChangedAsync(
        AppDb db,
        int exportId,
        IQueryable<AuditEntry> between,
        CancellationToken cancellationToken
    )
    {
        var changed = await between
            .Where(entry => entry.Action == "Segments.Changed")
            .Select(entry => entry.SubjectId)
            .Distinct()
            .ToListAsync(cancellationToken);
        if (changed.Count == 0)
            return [];
        var chosen = await db.Set<Segment>()
            .AsNoTracking()
            .Where(segment =>
                db.Set<Export>()
                    .Any(export =>
                        export.Id == exportId && (export.Segments.Contains(segment) || export.ExcludedSegments.Contains(segment))
                    )
            )
            .ToListAsync(cancellationToken);
        var references = await SegmentReferences.ReachedAsync(db, chosen, cancellationToken);
        return [.. references.Where(segment => changed.Contains(segment.Id)).Select(segment => segment.Name).Order()];
    }
}

/// <summary>A count of the previous run and of this run.</summary>
public sealed record CountChange(long Before, long Now)
{
    public long Difference => Now - Before;
}

/// <summary>A change to an export: when it was made and the name of the person who made it.</summary>
public sealed record ExportEdit(DateTimeOffset At, string By);
