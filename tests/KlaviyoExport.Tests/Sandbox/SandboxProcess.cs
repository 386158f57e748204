using System.Diagnostics;
using KlaviyoExport.Sandbox;

namespace KlaviyoExport.Tests.Sandbox;

/// <summary>Runs the sandbox as a process of its own.</summary>
internal static class SandboxProcess
{
    public static Process Run(params IEnumerable<string> arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(SandboxServer).Assembly.Location, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    /// <summary>Returns the address that the first line of its output names.</summary>
    public static async Task<string> AddressAsync(this Process process, CancellationToken cancellationToken)
    {
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        Assert.NotNull(line);
        return line[(line.LastIndexOf(' ') + 1)..];
    }
}
