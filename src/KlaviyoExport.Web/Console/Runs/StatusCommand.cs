using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The command <c>status</c>.</summary>
internal static class StatusCommand
{
    public static Command Build(CommandContext context)
    {
        var installation = new InstallationOptions();
        var command = new Command(
            "status",
            "Shows every export, source and segment with its last execution and its next one. Without a server it reads the store on this "
                + "machine, also while a server runs."
        );
        installation.AddTo(command);
        return context.Doing(
            command,
            async (result, cancellationToken) =>
            {
                await using var opened = await installation.OpenAsync(context, result, cancellationToken);
                var status = await opened.StatusAsync(cancellationToken);
                context.Terminal.Write(
                    status,
                    () =>
                    {
                        Show(context.Terminal, "Export", status.Exports);
                        Show(context.Terminal, "Source", status.Sources);
                        Show(context.Terminal, "Segment", status.Segments);
                    }
                );
                return ExitCode.Done;
            }
        );
    }

    private static void Show(Terminal terminal, string kind, IReadOnlyList<StatusItem> items)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(kind, "Status", "Last", "Next", "Count", "Detail");
        foreach (var item in items)
            table.AddRow(
                new Text(item.Name),
                new Text(Words.Of(item.Status)),
                new Text(Words.Of(item.LastRunAt)),
                new Text(item.MissedAt is { } missed ? $"missed {Words.Of(missed)}" : Words.Of(item.NextRunAt)),
                new Text(item.Count?.ToString("N0", CultureInfo.InvariantCulture) ?? "").RightJustified(),
                new Text(string.Join(' ', new[] { item.Detail, item.Warning }.OfType<string>()))
            );
        terminal.Out.Write(table);
    }
}
