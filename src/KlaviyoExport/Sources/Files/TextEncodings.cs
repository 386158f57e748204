using System.Text;

namespace KlaviyoExport.Sources.Files;

/// <summary>The encodings of text files that are supported.</summary>
public static class TextEncodings
{
    /// <summary>
    /// The code point that replaces an invalid unit of UTF-16. No valid text contains it, so it is recognized later. (Invalid UTF-8 is
    /// passed on and recognized itself.)
    /// </summary>
    private const string Invalid = "\uFFFF";

    /// <summary>The names that can be chosen.</summary>
    public static IReadOnlyList<string> Names { get; } = ["utf-8", "utf-16", "utf-16BE", .. CodePages];

    /// <summary>The encodings with one byte for a character.</summary>
    internal static IReadOnlyList<string> CodePages => ["windows-1250", "windows-1251", "windows-1252", "iso-8859-2", "iso-8859-15"];

    /// <summary>Finds out the encoding of a file.</summary>
    /// <param name="open">Opens the file.</param>
    /// <param name="chosen">The chosen encoding. Null to find it out.</param>
    internal static TextEncoding Find(Func<Stream> open, string? chosen)
    {
        if (chosen is not null)
            return new TextEncoding(chosen, []);
        using var stream = open();
        var found = new EncodingEvidence();
        found.Read(stream);
        return found.Decide();
    }

    /// <summary>Returns an encoding by its name. Null for UTF-8.</summary>
    internal static Encoding? Of(string name) =>
        name switch
        {
            "utf-8" => null,
            "utf-16" or "utf-16BE" => Encoding.GetEncoding(
                name,
                EncoderFallback.ReplacementFallback,
                new DecoderReplacementFallback(Invalid)
            ),
            _ => CodePagesEncodingProvider.Instance.GetEncoding(name)!,
        };
}

/// <summary>The encoding of a file.</summary>
/// <param name="Name">One of <see cref="TextEncodings.Names"/>.</param>
/// <param name="Candidates">The encodings it could also have, with itself first. Empty when there is no doubt.</param>
internal sealed record TextEncoding(string Name, IReadOnlyList<EncodingCandidate> Candidates)
{
    /// <summary>Returns the text as UTF-8, decoded while it is read.</summary>
    public Stream Decode(Stream stream) =>
        TextEncodings.Of(Name) is { } encoding ? Encoding.CreateTranscodingStream(stream, encoding, Encoding.UTF8) : stream;
}
