namespace KlaviyoExport.Web.Console;

/// <summary>
/// The arguments of a command, and the configuration settings among them. A setting is <c>--Key=value</c> or <c>--Key value</c>; its key
/// begins with a capital letter, which no option of a command does.
/// </summary>
internal sealed record ConsoleArguments(string[] Command, string[] Settings)
{
    public static ConsoleArguments Of(string[] args)
    {
        var (command, settings) = (new List<string>(), new List<string>());
        for (var at = 0; at < args.Length; at++)
        {
            if (!IsSetting(args[at]))
            {
                command.Add(args[at]);
                continue;
            }
            settings.Add(args[at]);
            if (!args[at].Contains('=', StringComparison.Ordinal) && at + 1 < args.Length)
                settings.Add(args[++at]);
        }
        return new ConsoleArguments([.. command], [.. settings]);
    }

    private static bool IsSetting(string arg) => arg is ['-', '-', >= 'A' and <= 'Z', ..];
}
