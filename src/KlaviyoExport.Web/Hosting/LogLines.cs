using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Writes an event as one line of text and the lines of its exception, which are indented. Control characters are written as escapes:
/// otherwise a name with a line end could add lines that look like events, and one with escape sequences could control the terminal.
/// </summary>
internal sealed class LogLines : ITextFormatter
{
    private readonly MessageTemplateTextFormatter _line = new(
        "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {SourceContext}: {Message:lj}",
        CultureInfo.InvariantCulture
    );

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        _line.Format(logEvent, line);
        output.WriteLine(Safe(line.ToString()));
        if (logEvent.Exception is not { } exception)
            return;
        foreach (var part in exception.ToString().Split('\n'))
            output.WriteLine($"  {Safe(part.TrimEnd('\r'))}");
    }

    private static string Safe(string text)
    {
        if (!text.Any(IsUnsafe))
            return text;
        var safe = new StringBuilder(text.Length);
        foreach (var letter in text)
            _ = letter switch
            {
                '\n' => safe.Append(@"\n"),
                '\r' => safe.Append(@"\r"),
                '\t' => safe.Append(@"\t"),
                _ when IsUnsafe(letter) => safe.Append(CultureInfo.InvariantCulture, $@"\u{(int)letter:X4}"),
                _ => safe.Append(letter),
            };
        return safe.ToString();
    }

    // Also what changes the direction of a line, and the line ends of Unicode.
    private static bool IsUnsafe(char letter) =>
        char.GetUnicodeCategory(letter)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
