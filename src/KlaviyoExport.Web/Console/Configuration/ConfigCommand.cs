using System.CommandLine;
using KlaviyoExport.Web.Console.Runs;

namespace KlaviyoExport.Web.Console.Configuration;

/// <summary>The command <c>config</c>, with <c>export</c>, <c>plan</c> and <c>apply</c>.</summary>
internal static class ConfigCommand
{
    public static Command Build(CommandContext context) =>
        new("config", "Writes the configuration to a YAML file without secrets, and makes the installation as a file says.")
        {
            Export(context),
            Plan(context),
            Apply(context),
        };

    private static Command Export(CommandContext context)
    {
        var file = new Argument<string?>("file")
        {
            Description = "The file to write. The standard output when left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return Of(
            context,
            "export",
            "Writes the configuration as a YAML file. Secrets are replaced by the names of environment variables.",
            [file],
            async (installation, result, cancellationToken) =>
            {
                var text = await installation.ExportConfigurationAsync(cancellationToken);
                if (result.GetValue(file) is not { } path)
                    context.Terminal.Write(new { configuration = text }, () => context.Terminal.Text(text));
                else
                {
                    await File.WriteAllTextAsync(path, text, cancellationToken);
                    context.Terminal.Write(new { file = Path.GetFullPath(path) }, () => context.Terminal.Line($"Written to {path}."));
                }
                return ExitCode.Done;
            }
        );
    }

    private static Command Plan(CommandContext context)
    {
        var file = FileToRead();
        return Of(
            context,
            "plan",
            "Shows what applying a file would change and what would be lost. Changes nothing.",
            [file],
            async (installation, result, cancellationToken) =>
            {
                var plan = await installation.PlanAsync(await ReadAsync(result.GetValue(file)!, cancellationToken), cancellationToken);
                context.Terminal.Write(plan, () => Show(context.Terminal, plan));
                return ExitCode.Done;
            }
        );
    }

    private static Command Apply(CommandContext context)
    {
        var file = FileToRead();
        var prune = new Option<bool>("--prune")
        {
            Description = "Remove items that the sections of the file do not have, and make changes that delete what was recorded.",
        };
        var state = new Option<string?>("--state")
        {
            Description = "The state of a plan. When the configuration is no longer the same, nothing is changed.",
        };
        return Of(
            context,
            "apply",
            "Shows the plan of a file and makes the installation as the file says. Applying it again changes nothing. Exit codes: 0 the "
                + "installation is as the file says, 1 a change failed, 4 refused, or a change needs --prune.",
            [file],
            async (installation, result, cancellationToken) =>
            {
                var text = await ReadAsync(result.GetValue(file)!, cancellationToken);
                var plan = await installation.PlanAsync(text, cancellationToken);
                if (!context.Terminal.IsJson)
                    Show(context.Terminal, plan);
                // Nothing but what was shown is applied.
                var applied = await installation.ApplyAsync(
                    text,
                    result.GetValue(prune),
                    result.GetValue(state) ?? plan.State,
                    cancellationToken
                );
                context.Terminal.Write(applied, () => Show(context.Terminal, applied));
                return applied.IsComplete ? ExitCode.Done
                    : applied.Changes.Any(change => change.Outcome == "failed") ? ExitCode.Fault
                    : ExitCode.Refused;
            },
            prune,
            state
        );
    }

    private static Command Of(
        CommandContext context,
        string name,
        string description,
        IReadOnlyList<Argument> arguments,
        Func<Installation, ParseResult, CancellationToken, Task<ExitCode>> action,
        params IReadOnlyList<Option> options
    )
    {
        var command = new Command(name, description);
        foreach (var argument in arguments)
            command.Add(argument);
        foreach (var option in options)
            command.Add(option);
        var installation = new InstallationOptions();
        installation.AddTo(command);
        return context.Doing(
            command,
            async (result, cancellationToken) =>
            {
                await using var opened = await installation.OpenAsync(context, result, cancellationToken);
                return await action(opened, result, cancellationToken);
            }
        );
    }

    private static Argument<string> FileToRead() => new("file") { Description = "The YAML file, or - for the standard input." };

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken) =>
        file == "-" ? await System.Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);

    private static void Show(Terminal terminal, PlanReport plan)
    {
        if (plan.Changes.Count == 0)
            terminal.Line("The installation is as the file says.");
        foreach (var change in plan.Changes)
        {
            terminal.Line($"{Sign(change)} {Name(change)}{(change.NeedsPrune ? "  (needs --prune)" : "")}");
            foreach (var property in change.Properties)
                terminal.Line($"    {property.Path}: {property.Old ?? "–"} → {property.New ?? "–"}");
            if (change.Loss is { } loss)
                terminal.Line(
                    $"    Lost: {loss.Runs:N0} runs, {loss.Rejections:N0} rejections, the record of {loss.Memberships:N0} delivered people"
                );
        }
    }

    private static void Show(Terminal terminal, ApplyReport applied)
    {
        foreach (var change in applied.Changes.Where(change => change.Text is not null))
            terminal.Line($"{change.Outcome}: {Name(change.Change)}: {change.Text}");
        if (applied.Changes.Count > 0)
            terminal.Line($"{applied.Changes.Count(change => change.Outcome == "applied")} of {applied.Changes.Count} changes were made.");
    }

    private static string Sign(ChangeReport change) =>
        change.Kind switch
        {
            "add" => "+",
            "remove" => "-",
            _ => "~",
        };

    private static string Name(ChangeReport change) => change.Name.Length == 0 ? change.Item : $"{change.Item} {change.Name}";
}
