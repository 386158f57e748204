using Spectre.Console;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>Shows how far a run is, on a terminal.</summary>
internal static class RunProgressBar
{
    /// <param name="terminal">When it is a file or pipe, only what a run waits for after a fault is written, to the standard error.</param>
    /// <param name="run">The run.</param>
    /// <param name="follow">Follows the run to its end. Reports it whenever it was read.</param>
    public static Task<RunReport> ShowAsync(Terminal terminal, RunReport run, Func<Action<RunReport>, Task<RunReport>> follow) =>
        !terminal.IsAnimated
            ? follow(Plain(terminal))
            : terminal
                .Error.Progress()
                .AutoClear(true)
                .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
                .StartAsync(async progress =>
                {
                    var bar = progress.AddTask(Markup.Escape($"{run.Export}: {Words.Of(run.State)}"));
                    return await follow(read => Show(bar, read));
                });

    private static Action<RunReport> Plain(Terminal terminal)
    {
        string? told = null;
        return run =>
        {
            if (!run.WaitsForRetry || run.Outcome == told)
                return;
            told = run.Outcome;
            terminal.Note($"Run {run.Id}: {told} It is tried again later.");
        };
    }

    private static void Show(ProgressTask bar, RunReport run)
    {
        var left = run.Progress?.TimeLeftSeconds is { } seconds ? $", {TimeSpan.FromSeconds(Math.Ceiling(seconds)):c} left" : "";
        bar.Description = Markup.Escape($"{run.Export}: {Words.Of(run.State)}{left}");
        bar.IsIndeterminate = run.Progress?.Total is not > 0;
        if (run.Progress is { Total: > 0 } progress)
        {
            bar.MaxValue = progress.Total.Value;
            bar.Value = progress.Done;
        }
    }
}
