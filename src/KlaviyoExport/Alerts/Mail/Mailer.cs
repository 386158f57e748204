using System.Net.Sockets;
using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Klaviyo;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace KlaviyoExport.Alerts.Mail;

/// <summary>Hands mails to the configured mail server, one connection for each mail.</summary>
internal sealed class Mailer(IOptions<MailOptions> options, MailTokens tokens)
{
    /// <summary>The time after which an attempt is given up.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(1);

    /// <summary>Sends a mail, and returns what the server answered.</summary>
    public async Task<SendResult> SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        var answer = "";
        var fault = await AttemptAsync(async (client, stop) => answer = await client.SendAsync(mail, stop), cancellationToken);
        return fault is null ? new SendResult(Redaction.WithoutAddresses(answer), null) : new SendResult(null, fault.Message);
    }

    /// <summary>Connects to the mail server, with TLS as configured, and signs in. Sends nothing.</summary>
    /// <returns>Why mails cannot be sent. Null when the server lets the product in.</returns>
    public Task<MailFault?> TryAsync(CancellationToken cancellationToken) =>
        AttemptAsync((client, stop) => client.NoOpAsync(stop), cancellationToken);

    /// <summary>Signs in, does something there, and signs out.</summary>
    private async Task<MailFault?> AttemptAsync(Func<SmtpClient, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(AtMost);
        try
        {
            using var client = new SmtpClient();
            if (options.Value.TrustedCertificate is { Length: > 0 } trusted)
            {
                client.ServerCertificateValidationCallback = MailTrust.With(trusted);
                client.CheckCertificateRevocation = false;
            }
            await client.ConnectAsync(options.Value.Host, options.Value.Port, SecurityOf(options.Value), attempt.Token);
            await SignInAsync(client, attempt.Token);
            await act(client, attempt.Token);
            await QuitAsync(client, attempt.Token);
            return null;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && FaultOf(fault) is { } why)
        {
            return why;
        }
    }

    private static SecureSocketOptions SecurityOf(MailOptions options) =>
        options.Security switch
        {
            MailSecurity.None => SecureSocketOptions.None,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            _ when options.Port == 465 => SecureSocketOptions.SslOnConnect,
            _ when MailOptionsValidator.IsLoopback(options.Host) => SecureSocketOptions.StartTlsWhenAvailable,
            // If the connection could stay in clear text, an attacker could remove the server's offer and read the password.
            _ => SecureSocketOptions.StartTls,
        };

    private async Task SignInAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        var (user, app) = (options.Value.User, options.Value.OAuth2);
        if (user.Length == 0)
            return;
        if (!app.IsOn)
        {
            await client.AuthenticateAsync(user, options.Value.Password, cancellationToken);
            return;
        }
        try
        {
            await client.AuthenticateAsync(new SaslMechanismOAuth2(user, await tokens.GetAsync(cancellationToken)), cancellationToken);
        }
        catch (AuthenticationException)
        {
            tokens.Forget();
            throw;
        }
    }

    private static async Task QuitAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception fault) when (FaultOf(fault) is not null)
        {
            // The server has done what it was asked.
        }
    }

    private static MailFault? FaultOf(Exception fault) =>
        fault switch
        {
            SmtpCommandException refused => new MailFault(
                MailFaultKind.Refused,
                new LocalizedMessage("Alerts.MailRefused", (int)refused.StatusCode, Redaction.WithoutAddresses(refused.Message))
            ),
            AuthenticationException refused => new MailFault(
                MailFaultKind.SignIn,
                new LocalizedMessage("Alerts.MailSignIn", Redaction.WithoutAddresses(refused.Message))
            ),
            MailTokenException refused => new MailFault(MailFaultKind.Token, new LocalizedMessage("Alerts.MailToken", refused.Answer)),
            SslHandshakeException => new MailFault(MailFaultKind.Tls, new LocalizedMessage("Alerts.MailTls")),
            NotSupportedException => new MailFault(MailFaultKind.NotOffered, new LocalizedMessage("Alerts.MailNotOffered")),
            OperationCanceledException => new MailFault(
                MailFaultKind.Unreachable,
                new LocalizedMessage("Alerts.MailTimedOut", (long)AtMost.TotalSeconds)
            ),
            SocketException or IOException => new MailFault(
                MailFaultKind.Unreachable,
                new LocalizedMessage("Alerts.MailUnreachable", fault.Message)
            ),
            ProtocolException => new MailFault(
                MailFaultKind.Unreachable,
                new LocalizedMessage("Alerts.MailUnreachable", Redaction.WithoutAddresses(fault.Message))
            ),
            _ => null,
        };
}
