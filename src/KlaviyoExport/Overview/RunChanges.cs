using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>The differences between a run and the previous run of the same export.</summary>
/// <param name="AgainstRunId">The previous run: the latest earlier run that ended and has read all its members, and that neither sent
/// rejected profiles again nor undid another run.</param>
/// <param name="AgainstAt">When the previous run ended.</param>
/// <param name="Before">The ledger of the previous run.</param>
/// <param name="SpeedBefore">How fast the previous run was.</param>
/// <param name="SpeedNow">How fast this run was.</param>
/// <param name="ListBefore">The id of the list of the previous run. Null when it is the same.</param>
/// <param name="Edits">What people have changed between the two runs, newest first.</param>
/// <param name="Source">How the data of the source differs. Null when it does not, or when it is not known.</param>
public sealed record RunChanges(
    int AgainstRunId,
    DateTimeOffset AgainstAt,
    Ledger Before,
    RunSpeed SpeedBefore,
    RunSpeed SpeedNow,
    string? ListBefore,
    IReadOnlyList<DefinitionEdit> Edits,
    SourceChange? Source
)
{
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    internal static async Task<RunChanges?> ReadAsync(AppDb db, Actor actor, int runId, CancellationToken cancellationToken)
    {
        var run =
            await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        if (run.StartedAt is not { } started || run.RetriesRunId is not null || run.UndoesRunId is not null)
            return null;
        var before = await db.Set<Run>()
            .AsNoTracking()
            .Where(other =>
                other.ExportId == run.ExportId
                && other.Id < runId
                && other.RetriesRunId == null
                && other.UndoesRunId == null
                && other.StartedAt != null
                // A run that failed while it read has counted only some of its members, and stored no source reading.
                && (Delivered.Contains(other.State) || (other.FinishedAt != null && other.SourceReading != null))
            )
            .OrderByDescending(other => other.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (before is null)
            return null;
        var speeds = await RunSpeed.ReadAsync(db, [before, run], cancellationToken);
        return new RunChanges(
            before.Id,
            before.FinishedAt ?? before.QueuedAt,
            before.Ledger,
            speeds[before.Id],
            speeds[run.Id],
            before.ListId == run.ListId ? null : before.ListId,
            await DefinitionEdits.ReadAsync(db, actor, run.ExportId, before.StartedAt, started, cancellationToken),
            await SourceChange.ReadAsync(db, before.SourceReading, run.SourceReading, cancellationToken)
        );
    }
}
