using KlaviyoExport.Klaviyo.Rates;

namespace KlaviyoExport.Runs;

/// <summary>
/// Counts what each step of a run has done, measures its rate, and decides what the run waits for. Several tasks may use it at once.
/// </summary>
internal sealed class RunMeters(TimeProvider clock)
{
    /// <summary>The shortest wait that is worth telling.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly long _epoch = clock.GetTimestamp();
    private readonly Dictionary<Stage, Step> _steps = [];
    private readonly Dictionary<RunWaitKind, RunWait> _waits = [];

    private TimeSpan Now => clock.GetElapsedTime(_epoch);

    /// <summary>Records how many members or profiles a step has done, including those that were done before it was measured.</summary>
    public void Count(Stage step, long done)
    {
        lock (_gate)
            if (_steps.TryGetValue(step, out var counted))
                counted.Done = done;
            else
                _steps.Add(step, new Step(Now, done));
    }

    /// <summary>Records what the run waits for. It replaces the previous wait of the same kind.</summary>
    public void Wait(RunWait wait)
    {
        lock (_gate)
            _waits[wait.Kind] = wait;
    }

    /// <summary>Records that a wait is over.</summary>
    public void Resume(RunWaitKind kind)
    {
        lock (_gate)
            _waits.Remove(kind);
    }

    /// <summary>Returns how much a step has done. 0 when it has not been counted.</summary>
    public long DoneOf(Stage step)
    {
        lock (_gate)
            return _steps.GetValueOrDefault(step)?.Done ?? 0;
    }

    /// <summary>Measures. Call it about once a second, so that the rates and the waits are exact.</summary>
    /// <param name="stage">The current stage of the run.</param>
    /// <param name="total">The number of members or profiles of the stage. Null while it is not known.</param>
    /// <param name="limit">The calls that wait for Klaviyo's limits. Null when none does.</param>
    public RunReading Read(Stage stage, long? total, LimitWait? limit)
    {
        lock (_gate)
        {
            var now = Now;
            foreach (var step in _steps.Values)
                step.Measure(now);
            var at = clock.GetUtcNow();
            return new RunReading(at)
            {
                Rates = _steps
                    .Select(step => (step.Key, Rate: step.Value.RateAt(now)))
                    .Where(step => step.Rate is not null)
                    .ToDictionary(step => step.Key, step => step.Rate!.Value),
                Wait = Candidates(stage, total, limit, now, at).FirstOrDefault(wait => at - wait.Since >= Shortest),
            };
        }
    }

    /// <summary>A run waits for the source or for jobs only while its other steps do not move.</summary>
    private IEnumerable<RunWait> Candidates(Stage stage, long? total, LimitWait? limit, TimeSpan now, DateTimeOffset at)
    {
        if (limit is not null)
            yield return new RunWait(RunWaitKind.Limit, at - limit.For)
            {
                Endpoint = limit.Endpoint,
                Until = at + limit.Until,
                IsPaused = limit.IsClosed,
                IsShared = limit.IsShared,
            };
        if (_waits.TryGetValue(RunWaitKind.Store, out var store))
            yield return store;
        if (stage == Stage.Prepare && !Moves(Stage.Send, now))
        {
            var (read, since) = _steps.GetValueOrDefault(Stage.Prepare) is { } step ? (step.Done, step.MovedAt) : (0, TimeSpan.Zero);
            // When all members are read, the result is being stored.
            yield return new RunWait(read > 0 && read >= total ? RunWaitKind.Store : RunWaitKind.Source, at - (now - since));
        }
        if (_waits.TryGetValue(RunWaitKind.Jobs, out var jobs) && !Moves(Stage.Prepare, now) && !Moves(Stage.Send, now))
            yield return jobs;
    }

    private bool Moves(Stage step, TimeSpan now) => _steps.GetValueOrDefault(step) is { HasMoved: true } at && now - at.MovedAt < Shortest;

    private sealed class Step
    {
        private readonly PaceMeter _pace = new();
        private long _measured;

        public Step(TimeSpan now, long done)
        {
            (Done, _measured, MovedAt) = (done, done, now);
            _pace.Note(now, done);
        }

        public long Done { get; set; }

        public TimeSpan MovedAt { get; private set; }

        public bool HasMoved { get; private set; }

        public void Measure(TimeSpan now)
        {
            _pace.Note(now, Done);
            if (Done == _measured)
                return;
            (_measured, MovedAt, HasMoved) = (Done, now, true);
        }

        public double? RateAt(TimeSpan now) => _pace.Rate(now);
    }
}
