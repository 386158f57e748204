using System.CommandLine;
using KlaviyoExport.People;
using KlaviyoExport.Web.Console.Runs;
using KlaviyoExport.Web.Hosting;

namespace KlaviyoExport.Web.Console;

/// <summary>What all commands share: the terminal, the settings, the option <c>--json</c>, and how a fault ends a command.</summary>
internal sealed class CommandContext(Terminal terminal, string[] settings)
{
    public Terminal Terminal => terminal;

    /// <summary>The configuration settings, as <c>--Key=value</c>.</summary>
    public string[] Settings => settings;

    public Option<bool> Json { get; } =
        new("--json") { Description = "Write the result as JSON, and nothing else, to the standard output.", Recursive = true };

    /// <summary>Sets what the command does. Faults become a message on the standard error and an exit code.</summary>
    public Command Doing(Command command, Func<ParseResult, CancellationToken, Task<ExitCode>> action)
    {
        command.SetAction(
            async (result, cancellationToken) =>
            {
                terminal.IsJson = result.GetValue(Json);
                try
                {
                    return (int)await action(result, cancellationToken);
                }
                catch (Exception fault)
                {
                    return (int)Tell(fault, cancellationToken.IsCancellationRequested);
                }
            }
        );
        return command;
    }

    private ExitCode Tell(Exception fault, bool isInterrupted)
    {
        switch (fault)
        {
            case OperationCanceledException when isInterrupted:
                terminal.Note("Interrupted.");
                return ExitCode.Interrupted;
            case CommandFaultException told:
                terminal.Note(told.Message);
                return told.Code;
            case ApiRefusedException refused:
                terminal.Note(refused.Message);
                return refused.IsRefusal ? ExitCode.Refused : ExitCode.Fault;
            case NotAllowedException or LocalizedException:
                terminal.Note(fault is LocalizedException message ? message.LocalizedMessage.ToString() : fault.Message);
                return ExitCode.Refused;
            default:
                if (StartFaults.In(fault) is { Count: > 0 } faults)
                    foreach (var one in faults)
                        terminal.Note(one);
                else
                    terminal.Note(
                        fault is IOException or UnauthorizedAccessException or System.Data.Common.DbException ? fault.Message : $"{fault}"
                    );
                return ExitCode.Fault;
        }
    }
}
