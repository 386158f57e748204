using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>Follows runs of an installation by reading its store.</summary>
internal sealed class StageWatch(Installation installation)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<Stage, DateTimeOffset> _starts = [];

    /// <summary>Waits until a run has ended.</summary>
    /// <exception cref="BenchmarkFailedException">It was not successful.</exception>
    public async Task<Run> EndAsync(Func<IQueryable<Run>, IQueryable<Run>> which, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(BetweenLooks);
        while (await look.WaitForNextTickAsync(cancellationToken))
        {
            await using var db = await installation.OpenAsync(cancellationToken);
            if (await which(db.Set<Run>().AsNoTracking()).SingleOrDefaultAsync(cancellationToken) is not { } run)
                continue;
            if (run.StageStartedAt is { } at)
                _starts[run.Stage] = at;
            // Left-out rows are rejections, which are a warning.
            if (run.State is RunState.Successful or RunState.CompletedWithWarnings)
                return run;
            if (run.State.IsAtRest() || run.State == RunState.FailedRetrying)
                throw new BenchmarkFailedException($"The run is {run.State}: {run.Outcome?.Code}");
        }
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>Returns how long a stage took: from its start to the start of the next one that was seen.</summary>
    /// <param name="end">The end of the run.</param>
    public TimeSpan Of(Stage stage, DateTimeOffset end)
    {
        if (!_starts.TryGetValue(stage, out var start))
            return TimeSpan.Zero;
        var next = _starts.Where(other => other.Key > stage).Select(other => other.Value).DefaultIfEmpty(end).Min();
        return next - start;
    }
}
