using System.CommandLine;
using System.CommandLine.Invocation;
using KlaviyoExport.Web.Console.Checks;
using KlaviyoExport.Web.Console.Runs;

namespace KlaviyoExport.Web.Console;

/// <summary>The commands of the application other than the server.</summary>
internal static class ConsoleApp
{
    // A run that is interrupted stores where it is.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    /// <returns>The exit code of the process: see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = ConsoleArguments.Of(args);
        var result = Build(new CommandContext(Terminal.OfProcess(), arguments.Settings)).Parse(arguments.Command);
        if (result.Action is ParseErrorAction error)
            error.ShowHelp = false;
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToStop });
    }

    private static RootCommand Build(CommandContext context) =>
        new(
            "Klaviyo Export sends segments of customer profiles to Klaviyo lists. Commands read the same settings as the server: "
                + "appsettings.json, environment variables (DataDirectory, Database__Provider) and --Key=value."
        )
        {
            context.Json,
            ServeCommand.Build(),
            RunCommand.Build(context),
            StatusCommand.Build(context),
            RunsCommand.Build(context),
            CheckCommand.Build(context),
            RotateCommand.Build(context),
            BackupCommands.Backup(context),
            BackupCommands.Restore(context),
            CopyStoreCommand.Build(context),
            MigrateCommand.Build(context),
            ServerCommands.Health(context),
            ServerCommands.Drain(context),
            ServerCommands.Resume(context),
        };
}
