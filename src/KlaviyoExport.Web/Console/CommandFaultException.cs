namespace KlaviyoExport.Web.Console;

/// <summary>Ends a command with a message for the person who runs it.</summary>
internal sealed class CommandFaultException(string message, ExitCode code = ExitCode.Fault) : Exception(message)
{
    public ExitCode Code => code;
}
