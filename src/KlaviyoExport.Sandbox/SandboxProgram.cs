using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using KlaviyoExport.Sandbox.Hosting;

namespace KlaviyoExport.Sandbox;

/// <summary>
/// Runs the sandbox as a program. Options are given as <c>--url</c>, <c>--dataFile</c>, <c>--jobPace 00:00:00.1</c> and so on.
/// </summary>
internal static class SandboxProgram
{
    public static async Task<int> Main(string[] args)
    {
        using var logs = LoggerFactory.Create(logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning));
        var options = new SandboxOptions { LoggerFactory = logs };
        var stop = new TaskCompletionSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            new ConfigurationBuilder().AddEnvironmentVariables("SANDBOX_").AddCommandLine(args).Build().Bind(options);
            await using var sandbox = await SandboxServer.StartAsync(options, CancellationToken.None);
            Greeting.Print(Console.Out, sandbox.BaseAddress, options);
            await stop.Task;
            return 0;
        }
        catch (Exception e) when (e is ValidationException or IOException or InvalidOperationException or FormatException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }
}
