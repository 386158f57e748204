using System.Globalization;
using System.Text.Json;
using KlaviyoExport.Web.Hosting;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>Nothing that people or other systems have entered can add a line to the log or control a terminal.</summary>
public sealed class LogLinesTests
{
    private const string Forged = "2026-01-01 00:00:00.000 FTL Forged: x";

    public static TheoryData<string, string> Texts =>
        new()
        {
            { $"Shop\n{Forged}", $@"Shop\n{Forged}" },
            { $"Shop\r{Forged}", $@"Shop\r{Forged}" },
            { $"Shop\r\n{Forged}", $@"Shop\r\n{Forged}" },
            { $"Shop\u0085{Forged}", $@"Shop\u0085{Forged}" },
            { $"Shop\u2028{Forged}", $@"Shop\u2028{Forged}" },
            { $"Shop\u2029{Forged}", $@"Shop\u2029{Forged}" },
            { $"Shop\v\f{Forged}", $@"Shop\u000B\u000C{Forged}" },
            { "\u001B[2J\u001B]0;owned\u0007", @"\u001B[2J\u001B]0;owned\u0007" },
            { "\u009B31m", @"\u009B31m" },
            { "a\0b\b\b", @"a\u0000b\u0008\u0008" },
            { "a\tb", @"a\tb" },
            { "\u202Egpj.exe", @"\u202Egpj.exe" },
            { "Núria Бранко 文 {0} {Name}", "Núria Бранко 文 {0} {Name}" },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_stays_in_its_line(string text, string written)
    {
        var lines = Write(new LogLines(), text, null);

        Assert.Equal($"2026-11-29 12:00:00.000 +00:00 INF Room: The export {written} began.{Environment.NewLine}", lines);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_text_of_an_exception_begins_no_line(string text, string written)
    {
        Assert.NotEmpty(written);
        var lines = Write(new LogLines(), "x", new InvalidOperationException(text)).Split(Environment.NewLine)[1..^1];

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.StartsWith("  ", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void JSON_has_one_line_for_each_event(string text, string written)
    {
        var line = Write(new JsonFormatter(renderMessage: true), text, new InvalidOperationException(text));

        Assert.NotEmpty(written);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal) - (Environment.NewLine.Length - 1));
        Assert.DoesNotContain(line.TrimEnd(), letter => letter is < ' ');
        Assert.Equal(text, JsonDocument.Parse(line).RootElement.GetProperty("Properties").GetProperty("Name").GetString());
    }

    private static string Write(ITextFormatter formatter, string text, Exception? exception)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        formatter.Format(
            new LogEvent(
                new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero),
                LogEventLevel.Information,
                exception,
                new MessageTemplateParser().Parse("The export {Name} began."),
                [new LogEventProperty("Name", new ScalarValue(text)), new LogEventProperty("SourceContext", new ScalarValue("Room"))]
            ),
            output
        );
        return output.ToString();
    }
}
