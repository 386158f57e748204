using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace KlaviyoExport.Web.Localization;

/// <summary>Finds the entry of a message in docs/troubleshooting.md, which is a page of the help.</summary>
internal static partial class Troubleshooting
{
    private static readonly FrozenDictionary<string, string> Anchors = Read();

    /// <summary>
    /// Returns the address of the entry that says what to do, relative to the application. The entry of a message that is contained in the
    /// message is preferred, because it names the cause. Null when there is no entry.
    /// </summary>
    public static string? AddressOf(LocalizedMessage message) => AnchorOf(message) is { } anchor ? $"help/troubleshooting#{anchor}" : null;

    private static string? AnchorOf(LocalizedMessage message) =>
        message.Arguments.OfType<LocalizedMessage>().Select(AnchorOf).FirstOrDefault(anchor => anchor is not null)
        ?? Anchors.GetValueOrDefault(message.Code);

    private static FrozenDictionary<string, string> Read()
    {
        using var document = typeof(Troubleshooting).Assembly.GetManifestResourceStream("docs/troubleshooting.md")!;
        // The anchor of a heading has neither capitals nor dots.
        return Entry()
            .Matches(new StreamReader(document).ReadToEnd())
            .Select(entry => entry.Groups["code"].Value)
            .ToFrozenDictionary(code => code, code => code.Replace(".", "", StringComparison.Ordinal).ToLowerInvariant());
    }

    [GeneratedRegex(@"^#{3,4} (?<code>[A-Za-z]+(\.[A-Za-z]+)+)\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Entry();
}
