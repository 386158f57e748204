using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Normalizes the email addresses that Klaviyo accepts: an ASCII dot-atom (RFC 5322, section 3.2.3) before the @, and a host name with at
/// least two labels after it. Klaviyo refuses a whole batch because of one invalid address, so doubtful addresses are invalid here:
/// quoted names, accents before the @, host names without a dot, and IP addresses in brackets.
/// </summary>
public static class EmailAddress
{
    // RFC 5321, section 4.5.3.1 and erratum 1690: at most 64 octets before the @, and at most 254 octets in total.
    private const int LocalLength = 64;
    private const int WholeLength = 254;
    private const int LabelLength = 63;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>
    /// Trims the address, converts it to lower case and converts an international host name to its ASCII form, so that two spellings of
    /// an address become equal. Returns false when Klaviyo would not accept the address.
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
            // IdnMapping removes invisible characters and accepts other characters as dots. An address with such characters is a typing
            // error or invented.
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
    /// Returns whether a label can be a top-level domain: letters, or an international name in its ASCII form. A number would make the
    /// host an IP address (RFC 3696, section 2).
    /// </summary>
    private static bool IsTopLevel(string label) =>
        label.Length >= 2 && (label.All(char.IsAsciiLetter) || label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase));
}
