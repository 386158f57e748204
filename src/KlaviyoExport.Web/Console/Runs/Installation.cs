using KlaviyoExport.Web.Console.Configuration;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The installation that a command is about: a running server, or the store on this machine.</summary>
internal abstract class Installation : IAsyncDisposable
{
    /// <summary>Starts a run of an export.</summary>
    /// <param name="export">The name or the id of the export. A name takes precedence.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The new run, or the run of the export that is in progress.</returns>
    public abstract Task<RunReport> StartAsync(string export, CancellationToken cancellationToken);

    /// <summary>Waits until a run ends or needs approval.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="report">Is called whenever the run was read.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public abstract Task<RunReport> FollowAsync(int runId, Action<RunReport> report, CancellationToken cancellationToken);

    public abstract Task<RunReport> FindAsync(int runId, CancellationToken cancellationToken);

    public abstract Task<StatusReport> StatusAsync(CancellationToken cancellationToken);

    /// <summary>Returns the latest runs, newest first.</summary>
    /// <param name="export">The name or the id of an export. Null for the runs of all exports.</param>
    /// <param name="take">The maximum number of runs, from 1 to 200.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract Task<IReadOnlyList<RunReport>> RunsAsync(string? export, int take, CancellationToken cancellationToken);

    /// <summary>Returns the configuration as a YAML file.</summary>
    public abstract Task<string> ExportConfigurationAsync(CancellationToken cancellationToken);

    /// <summary>Returns what applying a YAML file would change.</summary>
    public abstract Task<PlanReport> PlanAsync(string text, CancellationToken cancellationToken);

    /// <summary>Makes the installation as a YAML file says.</summary>
    /// <param name="text">The file.</param>
    /// <param name="prune">Whether items are removed and recorded data may be deleted.</param>
    /// <param name="state">The state of the plan that was shown. In another state, nothing is changed.</param>
    /// <param name="cancellationToken">Cancels between and during changes. Changes that were made stay.</param>
    public abstract Task<ApplyReport> ApplyAsync(string text, bool prune, string state, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    protected static CommandFaultException NoSuchExport(string export) => new($"There is no export \"{export}\".", ExitCode.Refused);
}
