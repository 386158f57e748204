namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Finds domains that are probably a typing error of a large email provider. The product only shows the suggestion and never changes an
/// address.
/// </summary>
public static class EmailTypo
{
    // Shorter names are one letter away from too many others.
    private const int Shortest = 8;

    private static readonly string[] Providers =
    [
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "hotmail.es",
        "hotmail.fr",
        "hotmail.co.uk",
        "outlook.com",
        "outlook.es",
        "yahoo.com",
        "yahoo.es",
        "yahoo.fr",
        "yahoo.co.uk",
        "icloud.com",
        "protonmail.com",
        "telefonica.net",
        "movistar.es",
        "terra.es",
        "eunet.rs",
        "verat.net",
        "neobee.net",
        "beotel.net",
        "open.telekom.rs",
    ];

    // Providers that are one letter away from one above.
    private static readonly HashSet<string> Sound =
    [
        .. Providers,
        "mail.com",
        "email.com",
        "ymail.com",
        "fmail.com",
        "gmail.co.uk",
        "yahoo.ca",
        "yahoo.de",
        "yahoo.it",
        "yahoo.in",
        "hotmail.de",
        "hotmail.it",
        "hotmail.se",
        "outlook.fr",
        "outlook.de",
        "outlook.it",
        "yahoo.se",
        "eunet.yu",
        "terra.cl",
    ];

    /// <summary>Returns the provider that a domain is probably meant to be. Null when the domain is probably right.</summary>
    /// <param name="domain">The domain of a normalized address.</param>
    public static string? Suggestion(string domain)
    {
        if (domain.Length < Shortest - 1 || Sound.Contains(domain))
            return null;
        foreach (var provider in Providers)
            if (provider.Length >= Shortest && IsOneSlipFrom(domain, provider))
                return provider;
        return null;
    }

    /// <summary>Whether one letter is missing, too many, or wrong, or two neighbours have changed places.</summary>
    private static bool IsOneSlipFrom(ReadOnlySpan<char> typed, ReadOnlySpan<char> meant)
    {
        if (Math.Abs(typed.Length - meant.Length) > 1)
            return false;
        var start = typed.CommonPrefixLength(meant);
        var typedRest = typed[start..];
        var meantRest = meant[start..];
        if (typedRest.Length > meantRest.Length)
            return typedRest[1..].SequenceEqual(meantRest);
        if (typedRest.Length < meantRest.Length)
            return typedRest.SequenceEqual(meantRest[1..]);
        return typedRest.Length > 0
            && (
                typedRest[1..].SequenceEqual(meantRest[1..])
                || (
                    typedRest.Length > 1
                    && typedRest[0] == meantRest[1]
                    && typedRest[1] == meantRest[0]
                    && typedRest[2..].SequenceEqual(meantRest[2..])
                )
            );
    }
}
