namespace KlaviyoExport.Web.Console;

/// <summary>The exit codes of the commands.</summary>
internal enum ExitCode
{
    /// <summary>Done. Of <c>run</c>: the run was successful, or it was only queued.</summary>
    Done = 0,

    /// <summary>The command could not do its work, or <c>check</c> has found a fault.</summary>
    Fault = 1,

    /// <summary>The run completed with warnings.</summary>
    Warnings = 2,

    /// <summary>The run failed, or was canceled or skipped.</summary>
    Failed = 3,

    /// <summary>
    /// Refused: not allowed, no such export, it needs approval, or the command needs a stopped server and a server is running.
    /// </summary>
    Refused = 4,

    /// <summary>The time of <c>--timeout</c> is over and the run has not ended.</summary>
    TimedOut = 5,

    /// <summary>A person or a service manager interrupted the command.</summary>
    Interrupted = 130,
}
