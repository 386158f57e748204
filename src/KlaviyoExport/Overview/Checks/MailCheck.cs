using KlaviyoExport.Alerts.Mail;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Checks that the mail server can be reached and lets the product sign in. Sends nothing.</summary>
internal sealed class MailCheck(Mailer mailer, IOptions<MailOptions> options)
{
    private const string Area = "mail";

    /// <returns>Null when no mail server is configured.</returns>
    public async Task<Finding?> RunAsync(CancellationToken cancellationToken)
    {
        var mail = options.Value;
        if (!mail.IsConfigured)
            return null;
        var server = $"{mail.Host}:{mail.Port}";
        return await mailer.TryAsync(cancellationToken) is { } fault
            ? Finding.Fault(Area, server, fault.Message.ToString(), CureOf(fault.Kind))
            : Finding.Ok(Area, server, mail.User.Length > 0 ? "It accepts the sign-in." : "It can be reached; no sign-in is configured.");
    }

    private static string CureOf(MailFaultKind kind) =>
        kind switch
        {
            MailFaultKind.Tls =>
                "Set Mail:TrustedCertificate to the authority that issued the server's certificate, Mail:Host to the name in it, and "
                    + "Mail:Security to what the server speaks on Mail:Port: StartTls (587) or Tls (465).",
            MailFaultKind.NotOffered =>
                "Choose with Mail:Port and Mail:Security a way that the server offers. Remove Mail:User if it asks for no sign-in.",
            MailFaultKind.Token => "Correct Mail:OAuth2 (tenant, client and secret), and check that this machine reaches its TokenUrl.",
            MailFaultKind.SignIn =>
                "Correct Mail:User and Mail:Password, or permit the account to send over SMTP (Microsoft 365: SMTP.SendAsApp and the mailbox).",
            MailFaultKind.Refused => "Permit this machine and the account on the mail server. Its answer says what it refused.",
            _ => "Correct Mail:Host and Mail:Port, and check that this machine reaches the server over its network and firewall.",
        };
}
