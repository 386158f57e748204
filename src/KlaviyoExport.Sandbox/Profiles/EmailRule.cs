namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>
/// Decides which email addresses are valid: the unquoted form of RFC 5321 in ASCII with a dotted domain. Klaviyo does not publish its
/// rule; a stricter one is the safe choice for a practice account.
/// </summary>
internal static class EmailRule
{
    private const string LocalSigns = "!#$%&'*+-/=?^_`{|}~.";

    public static string Normalise(string email) => email.ToLowerInvariant();

    public static bool IsValid(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        return email.Length <= 254 && at is > 0 and <= 64 && IsLocal(email.AsSpan(0, at)) && IsDomain(email[(at + 1)..]);
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (var c in local)
            if (!char.IsAsciiLetterOrDigit(c) && !LocalSigns.Contains(c, StringComparison.Ordinal))
                return false;
        return true;
    }

    private static bool IsDomain(string domain)
    {
        var labels = domain.Split('.');
        return labels.Length >= 2 && labels.All(IsLabel) && labels[^1].Length >= 2 && !labels[^1].All(char.IsAsciiDigit);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
