using System.CommandLine;

namespace KlaviyoExport.Web.Console;

/// <summary>The command <c>serve</c>, which is also run when no command is given.</summary>
internal static class ServeCommand
{
    private const string Name = "serve";

    private static readonly string[] Questions = ["--help", "-h", "-?", "/h", "/?", "--version"];

    /// <summary>
    /// Returns the configuration settings for the server when the arguments ask for it. Null when they are another command or ask for help.
    /// </summary>
    public static string[]? Settings(string[] args) =>
        args switch
        {
            [] => args,
            _ when args.Any(arg => Questions.Contains(arg, StringComparer.Ordinal)) => null,
            [Name, .. var settings] => settings,
            // Settings in one of the forms of the configuration: --Key=value, --Key value, /Key=value and Key=value.
            [['-' or '/', ..], ..] => args,
            [var first, ..] when first.Contains('=', StringComparison.Ordinal) => args,
            _ => null,
        };

    /// <summary>Builds the command for the help text. It is executed without the command-line library.</summary>
    public static Command Build() =>
        new(Name, "Runs the server until it is stopped. This is the default when no command is given. Settings: --Key=value.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
}
