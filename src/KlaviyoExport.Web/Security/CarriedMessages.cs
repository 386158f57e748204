using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Carries a message across a redirect, in the query string of the address. The message is encrypted, so that a forged link cannot show
/// text in the application's name, and it expires after five minutes.
/// </summary>
internal sealed class CarriedMessages(IDataProtectionProvider protection)
{
    private const string Parameter = "notice";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("KlaviyoExport.Notices.v1")
        .ToTimeLimitedDataProtector();

    /// <returns>The address with the message in its query string.</returns>
    public string Carry(string address, LocalizedMessage message) =>
        QueryHelpers.AddQueryString(address, Parameter, _protector.Protect(message.ToJson(), Lifetime));

    /// <returns>The message. Null when the request has none, when it is forged, or when it has expired.</returns>
    public LocalizedMessage? Read(HttpContext context)
    {
        if (context.Request.Query[Parameter] is not [{ Length: > 0 } carried])
            return null;
        try
        {
            return LocalizedMessage.FromJson(_protector.Unprotect(carried));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
