using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Takes a message across a redirect, in the address: encrypted, so that nobody can put words into our mouth with a link, and for a few
/// minutes.
/// </summary>
internal sealed class CarriedMessages(IDataProtectionProvider protection)
{
    private const string Parameter = "notice";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("KlaviyoExport.Notices.v1")
        .ToTimeLimitedDataProtector();

    /// <returns>The address with the message.</returns>
    public string Carry(string address, LocalizedMessage message) =>
        QueryHelpers.AddQueryString(address, Parameter, _protector.Protect(message.ToJson(), Lifetime));

    /// <returns>The message; null when there is none, or none of ours, or an old one.</returns>
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
