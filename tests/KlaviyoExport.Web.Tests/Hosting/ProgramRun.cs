using System.Diagnostics;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>What another program returned and wrote.</summary>
internal sealed record ProgramRun(int Code, string Output, string Error)
{
    /// <param name="variables">Environment variables to set.</param>
    public static async Task<ProgramRun> OfAsync(
        string program,
        string folder,
        string[] arguments,
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }
}
