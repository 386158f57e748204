using System.CommandLine;
using System.CommandLine.Invocation;
using KlaviyoExport.Web.Console.Checks;
using KlaviyoExport.Web.Console.Configuration;
using KlaviyoExport.Web.Console.Runs;

namespace KlaviyoExport.Web.Console;

/// <summary>The commands of the application other than the server.</summary>
internal static class ConsoleApp
{
    // A run that is interrupted stores where it is.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    /// <param name="args">The command, its options, and settings.</param>
    /// <param name="terminal">Where it writes. Null for the console of the process.</param>
    /// <returns>The exit code of the process: see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal? terminal = null)
    {
        var arguments = ConsoleArguments.Of(args);
        var context = new CommandContext(terminal ?? Terminal.OfProcess(), arguments.Settings);
        var result = Build(context).Parse(arguments.Command);
        if (result.Action is not ParseErrorAction error)
            return await result.InvokeAsync(context.Terminal.Invocation(TimeToStop));
        error.ShowHelp = false;
        return await result.InvokeAsync(context.Terminal.InvocationOfFault());
    }

    internal static RootCommand Build(CommandContext context) =>
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
            RenewAuditCommand.Build(context),
            BackupCommands.Backup(context),
            BackupCommands.Restore(context),
            CopyStoreCommand.Build(context),
            ConfigCommand.Build(context),
            AdministratorCommand.Build(context),
            TokenCommand.Build(context),
            MigrateCommand.Build(context),
            ServerCommands.Health(context),
            ServerCommands.Drain(context),
            ServerCommands.Resume(context),
        };
}
