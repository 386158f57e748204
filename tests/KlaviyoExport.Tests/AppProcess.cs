using System.Diagnostics;

namespace KlaviyoExport.Tests;

/// <summary>The application in a process of its own, with a data directory of the test.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];

    private AppProcess(Process process) => _process = process;

    /// <summary>The output, for the message of a failed test.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    public bool HasExited => _process.HasExited;

    /// <param name="settings">As on the command line, without the dashes: <c>Demo:Enabled=true</c>.</param>
    public static AppProcess Start(string dataDirectory, params string[] settings) => Start("dotnet", [], dataDirectory, settings);

    /// <summary>Starts it as a service that gives others access to all files that it does not protect itself.</summary>
    public static AppProcess StartWithoutUmask(string dataDirectory, params string[] settings) =>
        Start("/bin/sh", OpenShell, dataDirectory, settings);

    /// <summary>Runs a command of the application to its end, without a umask.</summary>
    public static async Task<(int Code, string Output)> RunWithoutUmaskAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", [.. OpenShell, Binary, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(cancellationToken),
            process.StandardError.ReadToEndAsync(cancellationToken)
        );
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }

    private static string[] OpenShell => ["-c", "umask 000 && exec dotnet \"$@\"", "sh"];

    private static AppProcess Start(string program, string[] before, string dataDirectory, string[] settings)
    {
        var start = new ProcessStartInfo(program, [.. before, Binary, "--urls=http://127.0.0.1:0", $"--DataDirectory={dataDirectory}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(Binary)!,
        };
        foreach (var setting in settings)
            start.ArgumentList.Add("--" + setting);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        // These processes end before profile-guided compilation pays off.
        start.Environment["DOTNET_TieredPGO"] = "0";
        var app = new AppProcess(new Process { StartInfo = start });
        app._process.OutputDataReceived += app.Keep;
        app._process.ErrorDataReceived += app.Keep;
        app._process.Start();
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        return app;
    }

    /// <summary>Waits for a line that contains a text, and returns the rest of the line.</summary>
    /// <param name="after">How many characters of <see cref="Output"/> to pass over.</param>
    public async Task<string> SaysAsync(string words, CancellationToken cancellationToken, int after = 0)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            foreach (var line in Output[after..].Split('\n'))
            {
                if (line.IndexOf(words, StringComparison.Ordinal) is var at and >= 0)
                    return line[(at + words.Length)..].Trim();
            }
            if (HasExited)
            {
                // The last output may not have been read yet.
                await _process.WaitForExitAsync(cancellationToken);
                throw new InvalidOperationException(Output);
            }
        } while (await look.WaitForNextTickAsync(cancellationToken));
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>kill -9: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal: TERM as a service manager does, STOP and CONT to pause the process.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private static string Binary =>
        Path.Combine(
            Repository.Root,
            "src",
            "KlaviyoExport.Web",
            "bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
            "net10.0",
            "KlaviyoExport.Web.dll"
        );

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.Add(line.Data ?? "");
    }
}
