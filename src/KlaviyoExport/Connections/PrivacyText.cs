using System.Globalization;

namespace KlaviyoExport.Connections;

/// <summary>The data privacy text to which a person agrees before data may be sent to Klaviyo.</summary>
public static class PrivacyText
{
    /// <summary>
    /// The version of the text. Raise it whenever the text changes in any language: <c>PrivacyTextTests</c> compares the texts with their
    /// version.
    /// </summary>
    public const int Version = 1;

    /// <summary>Returns the paragraphs of the text in the language of a reader.</summary>
    public static IReadOnlyList<string> Paragraphs(CultureInfo culture) =>
        [new LocalizedMessage("Connections.Privacy.Transfer").In(culture), new LocalizedMessage("Connections.Privacy.Fields").In(culture)];

    /// <summary>Returns the words beside the box that the person ticks.</summary>
    public static string Agree(CultureInfo culture) => new LocalizedMessage("Connections.Privacy.Agree").In(culture);

    /// <summary>Returns what a person agrees to who reads the text in the language of the culture.</summary>
    public static Agreement In(CultureInfo culture) =>
        new(Version, culture.Name is { Length: > 0 } name ? name : "en", string.Join("\n", [.. Paragraphs(culture), Agree(culture)]));
}

/// <summary>A text to which a person has agreed, as it was shown.</summary>
/// <param name="Version">The version of the text.</param>
/// <param name="Language">The culture in which it was shown.</param>
/// <param name="Text">The paragraphs and the words beside the box, one a line.</param>
public sealed record Agreement(int Version, string Language, string Text)
{
    /// <summary>Returns the agreement for the audit: the version, the language and the text.</summary>
    internal LocalizedMessage ToMessage() => new("Connections.Privacy.Agreed", Version, Language, Text);
}
