using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using KlaviyoExport.Benchmarks.Processes;

namespace KlaviyoExport.Benchmarks.Footprint;

/// <summary>The application as it is published for a server.</summary>
internal sealed class Publication
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _directory;

    private Publication(string directory) => _directory = directory;

    public long Bytes => new DirectoryInfo(_directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>Publishes to a folder in <paramref name="directory"/>.</summary>
    /// <exception cref="InvalidOperationException">It cannot be published, for example because a package is missing.</exception>
    public static async Task<Publication> CreateAsync(string directory, bool selfContained)
    {
        var output = Path.Combine(directory, selfContained ? "self-contained" : "framework-dependent");
        // For another target the packages are restored anew, in a copy, so that builds and lock files of the repository stay as they are.
        var root = selfContained ? Sources.Copy(Path.Combine(directory, "copy")) : Builds.Root;
        string[] target = selfContained
            ? ["--runtime", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-p:RestorePackagesWithLockFile=false"]
            : ["--no-build"];
        await ChildProcess.RunAsync(
            "dotnet",
            [
                "publish",
                Path.Combine(root, "src", "KlaviyoExport.Web"),
                "--configuration",
                "Release",
                "--output",
                output,
                "--verbosity",
                "quiet",
                "-nodeReuse:false",
                "-p:RunAnalyzers=false",
                .. target,
            ],
            root,
            default
        );
        return new Publication(output);
    }

    /// <summary>Starts the application, and stops it after its first page.</summary>
    /// <returns>The time from the start of the process to the first answer with status 200.</returns>
    public async Task<TimeSpan> StartAsync(string data, bool isDemo)
    {
        var start = Stopwatch.GetTimestamp();
        await using var process = await AnsweringAsync(data, isDemo);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Starts the application, and returns its resident memory after it was idle for some time.</summary>
    public async Task<double> IdleMegabytesAsync(string data, TimeSpan idle)
    {
        await using var process = await AnsweringAsync(data, isDemo: false);
        await Task.Delay(idle);
        return ProcessUsage.Of(process.Id).ResidentMegabytes;
    }

    private async Task<ChildProcess> AnsweringAsync(string data, bool isDemo)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        List<string> arguments = [Path.Combine(_directory, "KlaviyoExport.Web.dll"), $"--urls={address}", $"--DataDirectory={data}"];
        if (isDemo)
            arguments.AddRange(["--Demo:Enabled=true", $"--Demo:SandboxUrl=http://127.0.0.1:{FreePort()}"]);
        var process = ChildProcess.Start("dotnet", arguments, _directory);
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var patience = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await look.WaitForNextTickAsync(patience.Token))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The application ended:\n{process.Output}");
            try
            {
                using var answer = await http.GetAsync(isDemo ? "/sign-in" : "/health/ready");
                if (answer.StatusCode == HttpStatusCode.OK)
                    break;
            }
            catch (HttpRequestException) { }
        }
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
