using System.Net;
using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.Options;
using MimeKit;

namespace KlaviyoExport.Alerts.Mail;

/// <summary>Validates <see cref="MailOptions"/>. Reports all faults together, each with the name of the setting.</summary>
internal sealed class MailOptionsValidator : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var faults = options.IsConfigured ? Faults(options).ToList() : [];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(MailOptions options)
    {
        if (options.Port is < 1 or > 65535)
            yield return "Mail:Port must be from 1 to 65535.";
        if (!MailboxAddress.TryParse(options.From, out var from) || from.Domain.Length == 0)
            yield return "Mail:From must be the sender's address, like Klaviyo Export <exports@company.example>.";
        if (options.Password.Length > 0 && options.User.Length == 0)
            yield return "Mail:Password is set, and Mail:User is not.";
        if (options.Security == MailSecurity.None && (options.Password.Length > 0 || options.OAuth2.IsOn) && !IsLoopback(options.Host))
            yield return "Mail:Security is None, so the password or token would be sent in clear text. Set it to StartTls or Tls.";
        if (options.TrustedCertificate.Length > 0 && !File.Exists(options.TrustedCertificate))
            yield return "Mail:TrustedCertificate must be a PEM file that exists.";
        if (!options.OAuth2.IsOn)
            yield break;
        if (options.User.Length == 0)
            yield return "Mail:OAuth2 is set, and Mail:User is not. Set it to the mailbox from which mails are sent.";
        if (options.Password.Length > 0)
            yield return "Mail:Password and Mail:OAuth2 are both set. Remove one.";
        if (options.OAuth2.ClientSecret.Length == 0)
            yield return "Mail:OAuth2:ClientSecret is not set.";
        if (options.OAuth2.TokenUrl.Length == 0 && options.OAuth2.TenantId.Length == 0)
            yield return "Mail:OAuth2:TenantId is not set.";
        if (options.OAuth2.TokenUrl.Length > 0 && !KlaviyoOptionsValidator.IsValidBaseAddress(options.OAuth2.TokenUrl))
            yield return "Mail:OAuth2:TokenUrl must be an https address (http only on the loopback).";
    }

    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
}
