using System.CommandLine;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The command <c>run</c>.</summary>
internal static class RunCommand
{
    private const string Description =
        "Runs an export. On a server it queues the run and, with --wait, waits for its end. Without a server it executes the run itself, to "
        + "its end, which needs a stopped server. Exit codes: 0 successful (or queued), 2 completed with warnings, 3 failed, canceled or "
        + "skipped, 4 refused or waiting for approval, 5 not ended within --timeout, 1 any other fault.";

    public static Command Build(CommandContext context)
    {
        var export = new Argument<string>("export") { Description = "The name of the export, or its id." };
        var wait = new Option<bool>("--wait") { Description = "Wait for the end of the run." };
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description =
                "The longest wait, such as 90s, 30m or 2h. Afterwards a server goes on with the run; without a server the run stops "
                + "and is resumed at the next start.",
            CustomParser = Duration.Parse,
        };
        var installation = new InstallationOptions();
        var command = new Command("run", Description) { export, wait, timeout };
        installation.AddTo(command);
        return context.Doing(
            command,
            async (result, cancellationToken) =>
            {
                await using var opened = await installation.OpenAsync(context, result, cancellationToken);
                var run = await opened.StartAsync(result.GetValue(export)!, cancellationToken);
                if (result.GetValue(wait) || opened is StoreInstallation)
                    return await FollowAsync(context.Terminal, opened, run, result.GetValue(timeout), cancellationToken);
                Tell(context.Terminal, run);
                return CodeOf(run);
            }
        );
    }

    private static async Task<ExitCode> FollowAsync(
        Terminal terminal,
        Installation installation,
        RunReport run,
        TimeSpan? timeout,
        CancellationToken cancellationToken
    )
    {
        using var timer = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var ended = await RunProgressBar.ShowAsync(terminal, run, report => installation.FollowAsync(run.Id, report, either.Token));
            Tell(terminal, ended);
            return CodeOf(ended);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Tell(terminal, await installation.FindAsync(run.Id, cancellationToken));
            terminal.Note($"Run {run.Id} has not ended within {timeout}.");
            return ExitCode.TimedOut;
        }
    }

    private static ExitCode CodeOf(RunReport run) =>
        run.Result switch
        {
            RunResult.Warnings => ExitCode.Warnings,
            RunResult.Failed => ExitCode.Failed,
            RunResult.Refused => ExitCode.Refused,
            _ => ExitCode.Done,
        };

    private static void Tell(Terminal terminal, RunReport run) =>
        terminal.Write(
            new { result = run.Result, run },
            () =>
            {
                terminal.Line($"Run {run.Id} of {run.Export}: {Words.Of(run.State)}");
                if (run.Outcome is not null)
                    terminal.Line(run.Outcome);
                if (run.Count("members") is { } members && run.IsFinal)
                    terminal.Line(
                        $"{members:N0} members, {run.Count("accepted"):N0} accepted, {run.Count("unchanged"):N0} unchanged, "
                            + $"{run.Count("refused"):N0} refused"
                    );
            }
        );
}
