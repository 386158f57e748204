using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The addresses Klaviyo takes: a dot-atom of ASCII (RFC 5322, 3.2.3) before the @, a host name of at least two labels after it. One
/// address it does not take costs a whole batch its import, so what is doubtful is refused here: quoted names, accents before the @, bare
/// hosts, addresses in brackets.
/// </summary>
public static class EmailAddress
{
    /// <summary>RFC 5321, 4.5.3.1 and its erratum 1690: 64 octets before the @, 254 in all.</summary>
    private const int LocalLength = 64;
    private const int WholeLength = 254;
    private const int LabelLength = 63;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>
    /// Trims, lower-cases and writes an international host name in its ASCII form, so that two spellings of one address become equal. False
    /// for anything Klaviyo would not take.
    /// </summary>
    public static bool TryNormalize(string? raw, [NotNullWhen(true)] out string? normalized)
    {
        normalized = null;
        var text = raw?.Trim() ?? "";
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || text.Length > WholeLength || !IsLocal(text.AsSpan(0, at)) || AsciiHost(text[(at + 1)..]) is not { } host)
            return false;
        if (at + 1 + host.Length > WholeLength)
            return false;
        normalized = string.Concat(text.AsSpan(0, at), "@", host).ToLowerInvariant();
        return true;
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        if (local.Length > LocalLength || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (var c in local)
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal))
                return false;
        return true;
    }

    private static string? AsciiHost(string host)
    {
        try
        {
            // IdnMapping drops what cannot be seen and takes other dots for dots; such an address was mistyped or made up.
            if (host.Length == 0 || !host.All(IsOfHostName))
                return null;
            var ascii = host.All(char.IsAscii) ? host : Idn.GetAscii(host);
            return IsHostName(ascii) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsOfHostName(char c) =>
        char.IsLetterOrDigit(c)
        || c is '.' or '-'
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsHostName(string host)
    {
        var labels = host.Split('.');
        return labels.Length >= 2 && labels.All(IsLabel) && IsTopLevel(labels[^1]);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LabelLength
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>
    /// Letters, or an international name in its ASCII form; never a number, which would make the host an IP address (RFC 3696, 2).
    /// </summary>
    private static bool IsTopLevel(string label) =>
        label.Length >= 2 && (label.All(char.IsAsciiLetter) || label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase));
}
