using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace KlaviyoExport.Web.Console;

/// <summary>
/// Where commands write: results to the standard output, as text or JSON, and everything else to the standard error. Colors and animations
/// are used only on a terminal, and not with <c>NO_COLOR</c>.
/// </summary>
internal sealed class Terminal
{
    // Wide enough that no row of a table is wrapped in a file or pipe.
    private const int WidthOfFiles = 240;

    private static readonly JsonSerializerOptions Shape = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly TextWriter _output;
    private readonly TextWriter _error;

    public Terminal(TextWriter output, bool isOutputFile, TextWriter error, bool isErrorFile)
    {
        (_output, _error) = (output, error);
        Out = Create(output, isOutputFile);
        Error = Create(error, isErrorFile);
        IsAnimated = !isErrorFile && !IsPlain;
    }

    /// <summary>Whether the result is written as JSON.</summary>
    public bool IsJson { get; set; }

    /// <summary>Whether progress may be shown as an animation on <see cref="Error"/>.</summary>
    public bool IsAnimated { get; }

    /// <summary>The standard output, for formatted text.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>The standard error, for formatted text.</summary>
    public IAnsiConsole Error { get; }

    private static bool IsPlain => Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };

    public static Terminal OfProcess() =>
        new(System.Console.Out, System.Console.IsOutputRedirected, System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>Writes the result: as JSON, or as the text that the action writes.</summary>
    public void Write(object result, Action text)
    {
        if (IsJson)
            _output.WriteLine(JsonSerializer.Serialize(result, Shape));
        else
            text();
    }

    /// <summary>Writes a line to the standard output.</summary>
    public void Line(string text) => _output.WriteLine(text);

    /// <summary>Writes text that ends with a line end to the standard output.</summary>
    public void Text(string text) => _output.Write(text);

    /// <summary>Writes a line to the standard error.</summary>
    public void Note(string text) => _error.WriteLine(text);

    /// <summary>Returns how the command-line library writes help and errors, and how long an interrupted command may take to stop.</summary>
    public InvocationConfiguration Invocation(TimeSpan timeToStop) =>
        new()
        {
            Output = _output,
            Error = _error,
            ProcessTerminationTimeout = timeToStop,
        };

    /// <summary>Returns how the command-line library writes what is wrong with a command line: all of it to the standard error.</summary>
    public InvocationConfiguration InvocationOfFault() => new() { Output = _error, Error = _error };

    private static IAnsiConsole Create(TextWriter writer, bool isFile)
    {
        var isPlain = isFile || IsPlain;
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                Interactive = isPlain ? InteractionSupport.No : InteractionSupport.Detect,
            }
        );
        if (isFile)
            console.Profile.Width = WidthOfFiles;
        return console;
    }
}
