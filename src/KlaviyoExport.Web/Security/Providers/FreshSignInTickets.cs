using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Makes and reads the links by which a person signs in again at the identity provider. Following such a link changes the export user, so
/// it needs the protection that a form gets from its antiforgery token: only this application can make it, for one person and one hour.
/// </summary>
internal sealed class FreshSignInTickets(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("KlaviyoExport.FreshSignInTickets.v1")
        .ToTimeLimitedDataProtector();

    public string LinkFor(SignInProvider provider, string userId, ExportUserPlace place) =>
        QueryHelpers.AddQueryString(
            provider.Path + "/anew",
            "ticket",
            _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{userId} {place.Id} {place.IsDraft}"), Lifetime)
        );

    /// <returns>The place. Null when the ticket is forged, expired or made for another person.</returns>
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
