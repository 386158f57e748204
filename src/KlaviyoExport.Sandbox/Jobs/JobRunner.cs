using KlaviyoExport.Sandbox.Accounts;
using Microsoft.Extensions.Logging.Abstractions;

namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>Drives jobs by the clock, one step at a time, until they are over.</summary>
internal sealed class JobRunner(SandboxState state, SandboxOptions options) : IDisposable
{
    private readonly JobStep step = new(options);
    private readonly Dictionary<string, ITimer> timers = [];
    private readonly ILogger logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<JobRunner>();
    private bool stopped;

    /// <summary>Call while holding the state's gate.</summary>
    public void Watch(Account account, ImportJob job)
    {
        if (!stopped)
            timers[job.Id] = state.Clock.CreateTimer(_ => Tick(account, job), null, options.JobPace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes every job that can end to its end at once.</summary>
    public void FinishAll()
    {
        foreach (var account in state.Accounts.Values)
        foreach (var job in account.Jobs)
            while (!job.IsOver && !(job.Fate.Stuck && job.Started is not null))
                step.Run(account, job, state.Now);
        state.Journal.Commit();
    }

    public void Dispose()
    {
        lock (state.Gate)
        {
            stopped = true;
            foreach (var timer in timers.Values)
                timer.Dispose();
            timers.Clear();
        }
    }

    private void Step(Account account, ImportJob job)
    {
        try
        {
            step.Run(account, job, state.Now);
        }
        // Nobody waits for a timer: a fault in here would end the process, which may be the web app's.
        catch (Exception e)
        {
            Log.JobFailed(logger, job.Id, e);
            job.End(JobStatus.Cancelled, state.Now);
            account.JobMoved(job);
        }
        state.Journal.Commit();
    }

    private void Tick(Account account, ImportJob job)
    {
        lock (state.Gate)
        {
            if (stopped)
                return;
            if (!job.IsOver)
                Step(account, job);
            if (!job.IsOver)
                timers[job.Id].Change(options.JobPace, Timeout.InfiniteTimeSpan);
            else if (timers.Remove(job.Id, out var timer))
                timer.Dispose();
        }
    }
}
