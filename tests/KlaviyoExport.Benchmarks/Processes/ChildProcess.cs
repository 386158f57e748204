using System.Diagnostics;
using System.Globalization;

namespace KlaviyoExport.Benchmarks.Processes;

/// <summary>A process that a benchmark has started. It is stopped as a service manager stops it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _lines = [];

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        // Also when the benchmarks are stopped.
        AppDomain.CurrentDomain.ProcessExit += Kill;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The lines of both outputs.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <param name="directory">The working directory. Null for that of the benchmarks.</param>
    /// <param name="environment">Variables in addition to those of the benchmarks.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new ChildProcess(start);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">Its exit code is not 0. The message contains the output.</exception>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? directory,
        CancellationToken cancellationToken
    )
    {
        await using var process = Start(program, arguments, directory);
        await process._process.WaitForExitAsync(cancellationToken);
        return process._process.ExitCode == 0
            ? process.Output
            : throw new InvalidOperationException($"{program} failed:\n{process.Output}");
    }

    /// <summary>Waits for a line that contains a text, and returns the rest of the line.</summary>
    /// <exception cref="InvalidOperationException">The process ended before. The message contains its output.</exception>
    public async Task<string> SaysAsync(string words, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        do
        {
            foreach (var line in Output.Split('\n'))
            {
                if (line.IndexOf(words, StringComparison.Ordinal) is var at and >= 0)
                    return line[(at + words.Length)..].Trim();
            }
            if (_process.HasExited)
                throw new InvalidOperationException($"The process ended:\n{Output}");
        } while (await look.WaitForNextTickAsync(cancellationToken));
        throw new OperationCanceledException(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        _process.Dispose();
    }

    private void Kill(object? sender, EventArgs exit) => _process.Kill(entireProcessTree: true);

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_lines)
            _lines.Add(line.Data ?? "");
    }
}
