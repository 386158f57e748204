using System.Diagnostics;
using System.Threading.Channels;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Follows the jobs of a run until they have ended. One call tells of a hundred jobs. The longer no job has moved, the later is the next
/// call, so that a long job costs few of the account's calls.
/// </summary>
internal sealed class OpenJobs : IDisposable
{
    // Writing many together is faster: each page of the store is then written less often. 250,000 people need 10 MB.
    private const int StoredTogether = 25;

    // A tenth of the time in which nothing has moved: the end of a job is noticed at most a tenth too late.
    private const int StillPerInterval = 10;

    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestGathering = TimeSpan.FromSeconds(2);

    private readonly Dictionary<long, JobWatch> _open = [];
    private readonly Channel<(JobWatch Watch, ImportJob Job)> _complete = Channel.CreateUnbounded<(JobWatch, ImportJob)>();
    private readonly SemaphoreSlim _added = new(0);

    // Up to 15 MB of profiles.
    private readonly SemaphoreSlim _opening = new(3);
    private readonly CancellationTokenSource _stop = new();
    private readonly StageContext _run;
    private readonly BatchFlow _flow;
    private readonly KlaviyoClient _klaviyo;
    private readonly JobConfirmation _confirmation;
    private readonly BatchConfirmation _results;
    private readonly DeliveryOptions _options;
    private readonly RunTelemetry _telemetry;
    private readonly TimeProvider _clock;
    private bool _isListRefused;

    public OpenJobs(
        StageContext run,
        BatchFlow flow,
        KlaviyoClient klaviyo,
        JobConfirmation confirmation,
        BatchConfirmation results,
        DeliveryOptions options,
        RunTelemetry telemetry,
        TimeProvider clock
    )
    {
        (_run, _flow, _klaviyo, _confirmation, _results) = (run, flow, klaviyo, confirmation, results);
        (_options, _telemetry, _clock) = (options, telemetry, clock);
    }

    /// <summary>Whether the result of every job is stored.</summary>
    public bool AreNone
    {
        get
        {
            lock (_open)
                return _open.Count == 0;
        }
    }

    /// <summary>The profiles that Klaviyo has processed, in jobs whose result is not stored yet.</summary>
    public long Completed
    {
        get
        {
            lock (_open)
                return _open.Values.Sum(watch => (long)watch.Completed);
        }
    }

    /// <summary>Says how many jobs are open, and since when the slowest has not moved.</summary>
    public RunWait Wait()
    {
        var open = Unended();
        var longest = open.Select(watch => watch.StandsStillFor).DefaultIfEmpty().Max();
        return new RunWait(RunWaitKind.Jobs, _clock.GetUtcNow() - longest)
        {
            OpenJobs = open.Count,
            QueuedJobs = open.Count(watch => watch.Status == ImportJobStatus.Queued),
            ProcessingJobs = open.Count(watch => watch.Status == ImportJobStatus.Processing),
        };
    }

    /// <summary>Adds a batch that was sent.</summary>
    public void Add(Batch batch)
    {
        lock (_open)
        {
            if (!_open.ContainsKey(batch.Id))
                _telemetry.JobsOpened(1);
            _open[batch.Id] = new JobWatch(batch, _clock);
        }
        _added.Release();
    }

    /// <summary>Ends <see cref="FollowAsync"/> now, and <see cref="SettleAsync"/> when it has stored what is complete.</summary>
    public void Stop()
    {
        _complete.Writer.TryComplete();
        _stop.Cancel();
    }

    public void Dispose()
    {
        lock (_open)
            _telemetry.JobsOpened(-_open.Count);
        _stop.Dispose();
        _added.Dispose();
        _opening.Dispose();
    }

    /// <summary>Asks Klaviyo for the state of the jobs, again and again, until <see cref="Stop"/>.</summary>
    /// <exception cref="RunFailedException">Klaviyo refused to say.</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        try
        {
            while (true)
            {
                if (Unended() is { Count: > 0 } open)
                {
                    var began = _clock.GetTimestamp();
                    await LookAsync(open, either.Token);
                    _flow.Move();
                    var interval = open.Min(watch => watch.StandsStillFor) / StillPerInterval;
                    interval = interval > LongestInterval ? LongestInterval : interval;
                    interval = interval > _options.PollInterval ? interval : _options.PollInterval;
                    var pause = interval - _clock.GetElapsedTime(began);
                    await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _clock, either.Token);
                }
                else
                {
                    await _added.WaitAsync(either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The flow ends.
        }
    }

    /// <summary>Stores the results of complete jobs, several together.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (await _complete.Reader.WaitToReadAsync(cancellationToken))
        {
            var together = await GatherAsync(cancellationToken);
            _run.Progress?.WaitsForStore();
            await _confirmation.CompleteAsync(_run, _flow, together, cancellationToken);
            _run.Progress?.Resumes(RunWaitKind.Store);
            foreach (var (watch, _) in together)
                Close(watch);
            _flow.Move();
        }
    }

    /// <summary>Reads the results of complete jobs, and of those that are complete soon. Ends early when the execution is canceled.</summary>
    private async Task<List<(JobWatch Watch, Task<JobResult> Result)>> GatherAsync(CancellationToken cancellationToken)
    {
        var together = new List<(JobWatch Watch, Task<JobResult> Result)>();
        var patience = 2 * _options.PollInterval;
        using var timer = new CancellationTokenSource(patience < LongestGathering ? patience : LongestGathering, _clock);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            while (true)
            {
                while (together.Count < StoredTogether && _complete.Reader.TryRead(out var one))
                    together.Add((one.Watch, ReadAsync(one.Watch, one.Job, cancellationToken)));
                var areAll = together.Count == StoredTogether || (_flow.AllSent && Unended().Count == 0);
                if (areAll || !await _complete.Reader.WaitToReadAsync(enough.Token))
                    return together;
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // Those that were read are stored in any case.
            return together;
        }
    }

    /// <summary>Reads the result of a job. The errors of all jobs are asked for at once: an answer may take a second.</summary>
    private async Task<JobResult> ReadAsync(JobWatch watch, ImportJob job, CancellationToken cancellationToken)
    {
        Activity.Current = _run.Span;
        var errors = await _results.ReadErrorsAsync(_run, job, cancellationToken);
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return await _results.ReadAsync(_run, watch.Batch.Id, job, errors, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private List<JobWatch> Unended()
    {
        lock (_open)
            return [.. _open.Values.Where(watch => !watch.IsEnded)];
    }

    private void Close(JobWatch watch)
    {
        lock (_open)
            // A batch that was sent again meanwhile has another job.
            if (_open.GetValueOrDefault(watch.Batch.Id) == watch && _open.Remove(watch.Batch.Id))
                _telemetry.JobsOpened(-1);
    }

    private async Task LookAsync(List<JobWatch> open, CancellationToken cancellationToken)
    {
        Activity.Current = _run.Span;
        var named = open.Count > 1 && !_isListRefused ? await NamedAsync(open, cancellationToken) : [];
        foreach (var watch in open)
            if (named.TryGetValue(watch.JobId, out var job) || (job = await FindAsync(watch, cancellationToken)) is not null)
                await ObserveAsync(watch, job, cancellationToken);
            else
                await LostAsync(watch, "Delivery.JobForgotten", cancellationToken);
    }

    /// <summary>Returns the jobs that a list of the account's jobs names.</summary>
    private async Task<Dictionary<string, ImportJob>> NamedAsync(List<JobWatch> open, CancellationToken cancellationToken)
    {
        var wanted = open.Select(watch => watch.JobId).ToHashSet(StringComparer.Ordinal);
        var named = new Dictionary<string, ImportJob>(StringComparer.Ordinal);
        try
        {
            // A lost answer leaves the start of the batch, by Klaviyo's clock as this server knows it.
            var from = open.Min(watch => watch.Batch.Window.From) - ClockMargin;
            await foreach (var job in _klaviyo.GetImportJobsAsync(_run.Credential, from, cancellationToken))
            {
                if (wanted.Contains(job.Id))
                    named[job.Id] = job;
                if (named.Count == wanted.Count)
                    break;
            }
        }
        catch (KlaviyoRefusedException)
        {
            // Each job can still be read by itself. If that is refused too, its refusal says why.
            _isListRefused = true;
        }
        return named;
    }

    private async Task<ImportJob?> FindAsync(JobWatch watch, CancellationToken cancellationToken)
    {
        var answer = await _klaviyo.GetImportJobAsync(_run.Credential, watch.JobId, cancellationToken);
        return answer.Succeeded ? answer.Value
            : answer.Refusal.Kind == KlaviyoRefusalKind.NotFound ? null
            : throw Refusals.Fatal(answer.Refusal, _run.ListId);
    }

    private async Task ObserveAsync(JobWatch watch, ImportJob job, CancellationToken cancellationToken)
    {
        watch.Observe(job);
        if (job.Status == ImportJobStatus.Complete)
        {
            watch.IsEnded = true;
            _complete.Writer.TryWrite((watch, job));
        }
        else if (job.Status == ImportJobStatus.Cancelled)
            await LostAsync(watch, "Delivery.JobCancelled", cancellationToken);
        else if (watch.StandsStillFor > _options.JobTimeout)
            await LostAsync(watch, "Delivery.JobStuck", cancellationToken);
    }

    private async Task LostAsync(JobWatch watch, string message, CancellationToken cancellationToken)
    {
        // Before it is sent again: the new job of the batch takes its place.
        Close(watch);
        await _confirmation.LostAsync(_run, _flow, watch, message, cancellationToken);
    }
}
