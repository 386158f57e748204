using System.CommandLine.Parsing;
using System.Globalization;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>Reads a duration: a number with s, m or h, or hh:mm:ss.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Of(text) is { } duration && duration > TimeSpan.Zero && duration <= Longest)
            return duration;
        result.AddError($"\"{text}\" is not a duration such as 90s, 30m, 2h or 00:30:00, of at most {Longest.TotalDays:0} days.");
        return null;
    }

    private static TimeSpan? Of(string text)
    {
        if (
            text.Length > 1
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number <= Longest.TotalSeconds
        )
            return text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                _ => null,
            };
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration)
            ? duration
            : null;
    }
}
