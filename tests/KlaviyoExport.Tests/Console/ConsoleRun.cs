using KlaviyoExport.Web.Console;

namespace KlaviyoExport.Tests.Console;

/// <summary>What a command of the application returned and wrote, run in this process with outputs that are no terminal.</summary>
internal sealed record ConsoleRun(int Code, string Output, string Error)
{
    public static async Task<ConsoleRun> OfAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await ConsoleApp.RunAsync(args, new Terminal(output, isOutputFile: true, error, isErrorFile: true));
        return new ConsoleRun(code, output.ToString(), error.ToString());
    }
}
