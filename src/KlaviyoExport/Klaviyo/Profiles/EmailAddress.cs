using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Normalizes the email addresses that Klaviyo accepts: an ASCII dot-atom (RFC 5322, section 3.2.3) before the @, and a host name with at
/// least two labels after it. What copying leaves around an address is removed (see <see cref="EmailRepair"/>). Klaviyo refuses a whole
/// batch because of one invalid address, so doubtful addresses are invalid here: quoted names, accents before the @, host names without a
/// dot, and IP addresses in brackets.
/// </summary>
public static class EmailAddress
{
    // RFC 5321, section 4.5.3.1 and erratum 1690: at most 64 octets before the @, and at most 254 octets in total.
    private const int LocalLength = 64;
    private const int WholeLength = 254;
    private const int LabelLength = 63;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>
    /// Repairs and trims the address, converts it to lower case and converts an international host name to its ASCII form, so that two
    /// spellings of an address become equal. Returns false when Klaviyo would not accept the address.
    /// </summary>
    public static bool TryNormalize(string? raw, [NotNullWhen(true)] out string? normalized) =>
        (normalized = Read(raw).Address) is not null;

    /// <summary>Does what <see cref="TryNormalize"/> does, and also returns whether the text was repaired or why it is no address.</summary>
    public static EmailReading Read(string? raw)
    {
        if (PlainAddress.Is(raw))
            return new(raw, null, false);
        var trimmed = raw?.Trim() ?? "";
        if (EmailRepair.Clean(trimmed) is not { } text)
            return new(null, EmailFault.TooLong, false);
        return FaultOf(text) is { } fault
            ? new(null, fault, false)
            : Host(text, text.IndexOf('@', StringComparison.Ordinal)) switch
            {
                ({ } address, _) => new(address, null, text.Length != trimmed.Length || text != trimmed),
                var (_, wrong) => new(null, wrong, false),
            };
    }

    /// <summary>Finds what is wrong with everything but the host name.</summary>
    private static EmailFault? FaultOf(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (text.Length == 0)
            return EmailFault.Empty;
        if (at < 0)
            return EmailFault.NoAt;
        if (EmailRepair.HasSeveral(text))
            return EmailFault.SeveralAddresses;
        if (text.AsSpan(at + 1).Contains('@'))
            return EmailFault.SeveralAts;
        if (text.Any(char.IsWhiteSpace))
            return EmailFault.SpaceInside;
        if (at == 0)
            return EmailFault.NoName;
        if (at == text.Length - 1)
            return EmailFault.NoDomain;
        if (text.Length > WholeLength || at > LocalLength)
            return EmailFault.TooLong;
        return LocalFault(text.AsSpan(0, at));
    }

    private static EmailFault? LocalFault(ReadOnlySpan<char> local)
    {
        foreach (var c in local)
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal))
                return EmailFault.InvalidCharacter;
        return local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal) ? EmailFault.MisplacedDot : null;
    }

    private static (string? Address, EmailFault? Fault) Host(string text, int at)
    {
        if (AsciiHost(text[(at + 1)..]) is not { } host)
            return (null, text.AsSpan(at + 1).Contains('.') ? EmailFault.InvalidDomain : EmailFault.DomainWithoutDot);
        return at + 1 + host.Length > WholeLength
            ? (null, EmailFault.TooLong)
            : (string.Concat(text.AsSpan(0, at), "@", host).ToLowerInvariant(), null);
    }

    private static string? AsciiHost(string host)
    {
        try
        {
            // IdnMapping accepts other characters as dots. An address with such characters is a typing error or invented.
            if (!host.All(IsOfHostName))
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

/// <summary>A text read as an email address.</summary>
/// <param name="Address">The normalized address. Null when the text is no address that Klaviyo accepts.</param>
/// <param name="Fault">Why it is none. Null when it is one.</param>
/// <param name="IsRepaired">Whether more was removed from the text than white space around it.</param>
public readonly record struct EmailReading(string? Address, EmailFault? Fault, bool IsRepaired);

/// <summary>Why a text is not an email address that Klaviyo accepts.</summary>
public enum EmailFault
{
    Empty,
    NoAt,

    /// <summary>There is nothing before the @.</summary>
    NoName,

    /// <summary>There is nothing after the @.</summary>
    NoDomain,

    /// <summary>There is more than one address in the text.</summary>
    SeveralAddresses,

    /// <summary>There is more than one @ in one address.</summary>
    SeveralAts,
    SpaceInside,

    /// <summary>A character before the @ is not allowed there.</summary>
    InvalidCharacter,

    /// <summary>The part before the @ begins or ends with a dot, or has two in a row.</summary>
    MisplacedDot,
    DomainWithoutDot,
    InvalidDomain,
    TooLong,
}
