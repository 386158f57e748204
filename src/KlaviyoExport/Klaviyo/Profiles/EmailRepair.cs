using System.Buffers;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Removes from an email address what copying it has left: invisible characters, <c>mailto:</c>, the name in <c>Ana &lt;a@x.example&gt;</c>,
/// quotes or angle brackets around it, and a dot, comma or semicolon after it. A full-width @ becomes an ordinary one. Nothing is guessed:
/// the address itself is never changed.
/// </summary>
internal static class EmailRepair
{
    // Longer texts are no addresses.
    private const int Longest = 1_000;

    private const string Mailto = "mailto:";

    private static readonly char[] After = ['.', ',', ';'];

    private static readonly (char Open, char Close)[] Pairs =
    [
        ('"', '"'),
        ('\'', '\''),
        ('<', '>'),
        ('\u201C', '\u201D'),
        ('\u201E', '\u201C'),
        ('\u201E', '\u201D'),
        ('\u2018', '\u2019'),
        ('\u00AB', '\u00BB'),
    ];

    // Zero-width and directional characters, byte order mark, word joiner, soft hyphen.
    private static readonly SearchValues<char> Invisible = SearchValues.Create(
        "\u00AD\u180E\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\uFEFF"
    );

    /// <summary>Returns the text without what is removed. Null when it is too long to be an address.</summary>
    public static string? Clean(string text)
    {
        if (text.Length > Longest)
            return null;
        if (text.AsSpan().ContainsAny(Invisible))
            text = string.Concat(text.Where(c => !Invisible.Contains(c)));
        text = text.Replace('\uFF20', '@').Replace('\uFE6B', '@');
        for (var before = ""; before != text; )
        {
            before = text;
            text = Inside(WithoutMailto(text.Trim().TrimEnd(After).TrimEnd()));
        }
        return text;
    }

    /// <summary>Returns whether a text has more than one address, separated by a comma, a semicolon, a slash, a bar or white space.</summary>
    public static bool HasSeveral(string text) =>
        text.AsSpan().Count('@') > 1
        && text.Split([',', ';', '/', '|', ' ', '\t', '\r', '\n', '\u00A0'], StringSplitOptions.RemoveEmptyEntries)
            .Count(part => part.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < part.Length - 1) > 1;

    private static string WithoutMailto(string text)
    {
        if (!text.StartsWith(Mailto, StringComparison.OrdinalIgnoreCase))
            return text;
        var end = text.IndexOf('?', StringComparison.Ordinal);
        return end < 0 ? text[Mailto.Length..] : text[Mailto.Length..end];
    }

    private static string Inside(string text)
    {
        foreach (var (open, close) in Pairs)
            if (text.Length > 2 && text[0] == open && text[^1] == close && !text.AsSpan(1, text.Length - 2).ContainsAny(open, close))
                return text[1..^1];
        return text.EndsWith('>') && text.LastIndexOf('<') is > 0 and var start && IsName(text[..start], text[(start + 1)..^1])
            ? text[(start + 1)..^1]
            : text;
    }

    /// <summary>A name may repeat the address, but not contain another one.</summary>
    private static bool IsName(string name, string address) =>
        !name.Contains('@', StringComparison.Ordinal)
        || name.Trim().Trim('"', '\'').Trim().Equals(address.Trim(), StringComparison.OrdinalIgnoreCase);
}
