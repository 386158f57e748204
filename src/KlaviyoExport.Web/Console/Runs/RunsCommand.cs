using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The command <c>runs</c>.</summary>
internal static class RunsCommand
{
    private const int Default = 20;
    private const int Most = 200;

    public static Command Build(CommandContext context)
    {
        var export = new Option<string?>("--export") { Description = "The name or id of an export. Default: the runs of all exports." };
        var take = new Option<int>("--take") { Description = $"How many runs, at most {Most}.", DefaultValueFactory = _ => Default };
        take.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > Most)
                result.AddError($"--take must be from 1 to {Most}.");
        });
        var installation = new InstallationOptions();
        var command = new Command("runs", "Lists the latest runs, newest first.") { export, take };
        installation.AddTo(command);
        return context.Doing(
            command,
            async (result, cancellationToken) =>
            {
                await using var opened = await installation.OpenAsync(context, result, cancellationToken);
                var runs = await opened.RunsAsync(result.GetValue(export), result.GetValue(take), cancellationToken);
                context.Terminal.Write(new { items = runs }, () => Show(context.Terminal, runs));
                return ExitCode.Done;
            }
        );
    }

    private static void Show(Terminal terminal, IReadOnlyList<RunReport> runs)
    {
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("Run", "Export", "State", "Started", "Ended", "Members", "Accepted", "Outcome");
        foreach (var run in runs)
            table.AddRow(
                new Text(run.Id.ToString(CultureInfo.InvariantCulture)).RightJustified(),
                new Text(run.Export ?? ""),
                new Text(Words.Of(run.State)),
                new Text(Words.Of(run.StartedAt ?? run.QueuedAt)),
                new Text(Words.Of(run.EndedAt)),
                Number(run.Count("members")),
                Number(run.Count("accepted")),
                new Text(run.Outcome ?? "")
            );
        terminal.Out.Write(table);
    }

    private static Text Number(long? number) => new Text(number?.ToString("N0", CultureInfo.InvariantCulture) ?? "").RightJustified();
}
