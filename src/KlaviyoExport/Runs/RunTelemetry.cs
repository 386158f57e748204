using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace KlaviyoExport.Runs;

/// <summary>
/// Traces and measures runs. A run is a trace with a span for each stage; the calls to Klaviyo are below their stage. Counts are taken from
/// the ledger when a run has ended, so they cost the same for a thousand profiles as for a million. Attributes are ids, states and numbers.
/// </summary>
internal sealed class RunTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "KlaviyoExport.Runs";

    private const string State = "klaviyo_export.run.state";
    private const string Outcome = "klaviyo_export.profile.outcome";

    private static readonly ActivitySource Source = new(Name);

    private readonly Counter<long> _runs;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _profiles;
    private readonly Counter<long> _removed;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _batchDuration;
    private readonly UpDownCounter<long> _openJobs;

    public RunTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _runs = meter.CreateCounter<long>("klaviyo_export.runs", "{run}", "Runs that have ended.");
        _retries = meter.CreateCounter<long>(
            "klaviyo_export.run.retries",
            "{retry}",
            "Runs that wait for a retry after a temporary fault."
        );
        _profiles = meter.CreateCounter<long>(
            "klaviyo_export.profiles",
            "{profile}",
            "Members of runs that have ended, by what became of them."
        );
        _removed = meter.CreateCounter<long>("klaviyo_export.profiles.removed", "{profile}", "Profiles that runs took off their list.");
        _duration = meter.CreateHistogram(
            "klaviyo_export.run.duration",
            "s",
            "Time from the start of a run to its end.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 15, 60, 300, 900, 3600, 14400] }
        );
        _queueWait = meter.CreateHistogram(
            "klaviyo_export.run.queue_wait",
            "s",
            "Time from queueing a run to its start.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400] }
        );
        _batchDuration = meter.CreateHistogram(
            "klaviyo_export.batch.duration",
            "s",
            "Time from Klaviyo's acceptance of a batch until the result of its job was stored.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600] }
        );
        _openJobs = meter.CreateUpDownCounter<long>("klaviyo_export.jobs.open", "{job}", "Klaviyo jobs that this server waits for.");
    }

    /// <summary>Begins the span of an execution of a run. Null while nobody listens.</summary>
    public static Activity? Begin(Run run)
    {
        if (!Source.HasListeners())
            return null;
        // An execution is a trace of its own, whatever has started it.
        Activity.Current = null;
        return Tag(Source.StartActivity("run"), run.Id, run.ExportId)
            ?.SetTag("klaviyo_export.run.execution", run.Retries + 1)
            .SetTag("klaviyo_export.run.trigger", NameOf(run.Trigger));
    }

    /// <summary>Begins the span of a stage. Null while nobody listens.</summary>
    public static Activity? Begin(Stage stage, int runId, int exportId) =>
        Source.HasListeners()
            ? Tag(Source.StartActivity($"stage {NameOf(stage)}"), runId, exportId)?.SetTag("klaviyo_export.stage", NameOf(stage))
            : null;

    /// <summary>Marks the span of a run or stage as failed. The message of the exception is not recorded.</summary>
    public static void Failed(Activity? activity, Exception fault)
    {
        if (activity?.Source == Source)
            activity.SetTag("error.type", fault.GetType().FullName).SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>
    /// Reports 0 for what is counted rarely, when a listener has come. A rate cannot be computed from a series that begins with 1.
    /// </summary>
    public void Announce()
    {
        foreach (var state in Enum.GetValues<RunState>().Where(state => state.IsFinal()))
        foreach (var trigger in Enum.GetValues<RunTrigger>())
            _runs.Add(0, new(State, NameOf(state)), Of(trigger));
        _retries.Add(0);
        _removed.Add(0);
        foreach (var (outcome, _) in Outcomes(new Ledger()))
            _profiles.Add(0, new KeyValuePair<string, object?>(Outcome, outcome));
    }

    /// <summary>Records that the execution of a queued run has started.</summary>
    public void Started(Run run)
    {
        if (run.StartedAt is { } started)
            _queueWait.Record((started - run.QueuedAt).TotalSeconds, Of(run.Trigger));
    }

    /// <summary>Records that a run will be retried.</summary>
    public void WillRetry() => _retries.Add(1);

    /// <summary>Records that the results of batches are stored.</summary>
    public void Settled(IEnumerable<Batch> batches)
    {
        if (!_batchDuration.Enabled)
            return;
        foreach (var batch in batches)
            if (batch is { SentAt: { } sent, ConfirmedAt: { } confirmed })
                _batchDuration.Record((confirmed - sent).TotalSeconds);
    }

    /// <summary>Records that jobs of Klaviyo are waited for, or with a negative number that they are not any more.</summary>
    public void JobsOpened(int change) => _openJobs.Add(change);

    /// <summary>Records that a run has ended, with its final ledger.</summary>
    public void Ended(Run run)
    {
        _runs.Add(1, new(State, NameOf(run.State)), Of(run.Trigger));
        if (run is { StartedAt: { } started, FinishedAt: { } finished })
            _duration.Record((finished - started).TotalSeconds, new KeyValuePair<string, object?>(State, NameOf(run.State)));
        foreach (var (outcome, profiles) in Outcomes(run.Ledger))
            if (profiles > 0)
                _profiles.Add(profiles, new KeyValuePair<string, object?>(Outcome, outcome));
        if (run.Ledger.Removed > 0)
            _removed.Add(run.Ledger.Removed);
    }

    /// <summary>The counts of a ledger that together are its members.</summary>
    private static (string Name, long Profiles)[] Outcomes(Ledger ledger) =>
        [
            ("accepted", ledger.Accepted),
            ("refused", ledger.Refused),
            ("unconfirmed", ledger.Unconfirmed),
            ("unsent", ledger.Unsent),
            ("without_email", ledger.WithoutEmail),
            ("invalid", ledger.Invalid),
            ("duplicate", ledger.Duplicate),
            ("unchanged", ledger.Unchanged),
            ("taken_off", ledger.Respected),
            ("not_in_klaviyo", ledger.NotInKlaviyo),
            ("not_subscribed", ledger.NotSubscribed),
            ("suppressed", ledger.Suppressed),
        ];

    private static Activity? Tag(Activity? activity, int runId, int exportId) =>
        activity?.SetTag("klaviyo_export.run.id", runId).SetTag("klaviyo_export.export.id", exportId);

    private static KeyValuePair<string, object?> Of(RunTrigger trigger) => new("klaviyo_export.run.trigger", NameOf(trigger));

    /// <summary>The name of a value in telemetry: <c>completed_with_warnings</c>.</summary>
    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
