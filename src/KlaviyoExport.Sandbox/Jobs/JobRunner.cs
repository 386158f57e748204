using KlaviyoExport.Sandbox.Accounts;
using Microsoft.Extensions.Logging.Abstractions;

namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>Advances jobs step by step, driven by the clock, until they have ended.</summary>
internal sealed class JobRunner(SandboxState state, SandboxOptions options) : IDisposable
{
    private readonly JobStep _step = new(options);
    private readonly Dictionary<string, ITimer> _timers = [];
    private readonly ILogger _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<JobRunner>();
    private bool _stopped;

    /// <summary>Advances a job from now on.</summary>
    public void Watch(Account account, ImportJob job)
    {
        lock (state.Gate)
        {
            if (_stopped)
                return;
            var timer = state.Clock.CreateTimer(_ => Tick(account, job), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timers[job.Id] = timer;
            timer.Change(Pace(job), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Completes all jobs immediately, except stuck ones.</summary>
    public void FinishAll()
    {
        foreach (var account in state.Accounts.Values)
        foreach (var job in account.Jobs)
            while (!job.IsOver && !(job.Outcome.Stuck && job.Started is not null))
                _step.Run(account, job, state.Now);
        state.Journal.Commit();
    }

    public void Dispose()
    {
        lock (state.Gate)
        {
            _stopped = true;
            foreach (var timer in _timers.Values)
                timer.Dispose();
            _timers.Clear();
        }
    }

    /// <summary>
    /// The time until the next step: the first one takes the job out of the queue, the others process its rows. With a duration, steps are
    /// due at times after the job was created, so that a late one does not delay the end.
    /// </summary>
    private TimeSpan Pace(ImportJob job)
    {
        if (options.JobDuration is not { } duration || (job.Outcome.Stuck && job.Status == JobStatus.Processing))
            return options.JobPace;
        var (steps, done) = (1 + Math.Max(1, Steps(job.Total)), job.Status == JobStatus.Queued ? 0 : 1 + Steps(job.Next));
        var left = job.Created + (duration * (done + 1) / steps) - state.Now;
        // Late steps follow at once, but never within this call.
        return left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1);
    }

    private int Steps(int rows) => (rows + options.RowsPerStep - 1) / options.RowsPerStep;

    private void Step(Account account, ImportJob job)
    {
        try
        {
            _step.Run(account, job, state.Now);
        }
        // An exception in a timer callback would end the process, which may be the web application.
        catch (Exception e)
        {
            Log.JobFailed(_logger, job.Id, e);
            job.End(JobStatus.Cancelled, state.Now);
            account.JobMoved(job);
        }
        state.Journal.Commit();
    }

    private void Tick(Account account, ImportJob job)
    {
        lock (state.Gate)
        {
            if (_stopped)
                return;
            if (!job.IsOver)
                Step(account, job);
            if (!job.IsOver)
                _timers[job.Id].Change(Pace(job), Timeout.InfiniteTimeSpan);
            else if (_timers.Remove(job.Id, out var timer))
                timer.Dispose();
        }
    }
}
