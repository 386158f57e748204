using System.Diagnostics;
using System.Text.Json;

namespace KlaviyoExport.Tests.Sandbox.Sdk;

/// <summary>
/// Runs all scenarios of <c>contract.mjs</c>, the SDK and the sandbox each in a process of its own. Loading the SDK takes most of the time,
/// so that is done once.
/// </summary>
public sealed class SdkScenarios : IAsyncLifetime
{
    /// <summary>Where the SDK is installed. Null when it is not.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_SDK");

    /// <summary>Why each scenario failed. Null for one that did not.</summary>
    public IReadOnlyDictionary<string, string?> Results { get; private set; } = new Dictionary<string, string?>();

    public async ValueTask InitializeAsync()
    {
        if (Folder is null)
            return;
        using var sandbox = SandboxProcess.Run("--url", "http://127.0.0.1:0", "--jobDuration", "00:00:00");
        try
        {
            Results = await RunAsync(Folder, await sandbox.AddressAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            sandbox.Kill();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<Dictionary<string, string?>> RunAsync(string folder, string address)
    {
        using var node = Process.Start(
            new ProcessStartInfo("node", ["contract.mjs", address]) { WorkingDirectory = folder, RedirectStandardOutput = true }
        )!;
        try
        {
            var lines = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            return lines
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonElement.Parse(line))
                .ToDictionary(
                    result => result.GetProperty("name").GetString()!,
                    result => result.TryGetProperty("why", out var why) ? why.GetString() : null
                );
        }
        finally
        {
            node.Kill();
        }
    }
}
