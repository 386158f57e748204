using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// The link by which a person signs in anew at the provider. It changes something in the end, so it carries what a form's antiforgery token
/// would: our own page alone can make it, for this person, for an hour.
/// </summary>
internal sealed class AnewTickets(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("KlaviyoExport.AnewTickets.v1")
        .ToTimeLimitedDataProtector();

    public string LinkFor(SignInProvider provider, string userId, ExportUserPlace place) =>
        QueryHelpers.AddQueryString(
            provider.Path + "/anew",
            "ticket",
            _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{userId} {place.Id} {place.IsDraft}"), Lifetime)
        );

    /// <returns>Null when the ticket is not ours, another person's or old.</returns>
    public ExportUserPlace? Open(string ticket, string userId)
    {
        try
        {
            return _protector.Unprotect(ticket).Split(' ') is [var owner, var id, var draft] && owner == userId
                ? new ExportUserPlace(int.Parse(id, CultureInfo.InvariantCulture), bool.Parse(draft))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
