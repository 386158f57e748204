namespace KlaviyoExport.Alerts.Mail;

/// <summary>At which step the mail server or the way to it failed.</summary>
internal enum MailFaultKind
{
    /// <summary>The server does not answer, or not as a mail server does.</summary>
    Unreachable,

    /// <summary>The connection cannot be secured, or the certificate is not trusted.</summary>
    Tls,

    /// <summary>The server does not offer STARTTLS or the configured way to sign in.</summary>
    NotOffered,

    /// <summary>There is no access token (OAuth 2.0).</summary>
    Token,

    /// <summary>The server refuses the account.</summary>
    SignIn,

    /// <summary>The server refuses the mail or a command.</summary>
    Refused,
}

/// <summary>Why a mail cannot be sent.</summary>
/// <param name="Message">The reason for people, without addresses.</param>
internal sealed record MailFault(MailFaultKind Kind, LocalizedMessage Message);
