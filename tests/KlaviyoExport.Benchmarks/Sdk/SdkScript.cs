using KlaviyoExport.Benchmarks.Bare;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Benchmarks.Processes;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Benchmarks.Sdk;

/// <summary>How a user sends batches with the SDK.</summary>
internal enum SdkUse
{
    /// <summary>Awaits each batch and its job before the next one, as the documentation shows.</summary>
    OneByOne,

    /// <summary>Ten batches at once with <c>Promise.all</c>, at most ten a second.</summary>
    PromiseAll,
}

/// <summary>
/// A script with Klaviyo's official SDK (npm <c>klaviyo-api</c>). It is installed once into a temporary folder, from the lock file. Needs
/// Node.js 18 or later and npm.
/// </summary>
internal sealed class SdkScript : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;

    private SdkScript() { }

    /// <exception cref="InvalidOperationException">npm cannot install the package.</exception>
    public static async Task<SdkScript> InstallAsync()
    {
        var script = new SdkScript();
        foreach (var file in new[] { "package.json", "package-lock.json", "send.mjs" })
            File.Copy(Path.Combine(Builds.Root, "tests", "KlaviyoExport.Benchmarks", "Sdk", file), Path.Combine(script._directory, file));
        await ChildProcess.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], script._directory, default);
        return script;
    }

    /// <summary>Sends customers from a CSV file, only their addresses, with a sandbox of its own.</summary>
    public async Task<ScriptResult> MeasureAsync(CustomerSet customers, SdkUse use, TimeSpan latency, TimeSpan job)
    {
        var source = CustomerSource.Create(SourceKind.Csv, _directory, null);
        await source.WriteAsync(customers, default);
        return await ScriptResult.OfAsync(
            customers,
            latency,
            job,
            sandbox =>
                ChildProcess.RunAsync(
                    "node",
                    [
                        "send.mjs",
                        use == SdkUse.OneByOne ? "one-by-one" : "promise-all",
                        source.Place,
                        SandboxProcess.List,
                        sandbox.ToString(),
                        SandboxProcess.Key,
                    ],
                    _directory,
                    default
                ),
            default
        );
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
