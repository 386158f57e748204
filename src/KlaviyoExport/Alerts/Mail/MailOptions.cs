namespace KlaviyoExport.Alerts.Mail;

/// <summary>How the connection to the mail server is secured.</summary>
public enum MailSecurity
{
    /// <summary>TLS from the start on port 465, else STARTTLS. On the loopback address, STARTTLS only if the server offers it.</summary>
    Auto,

    /// <summary>Not at all. A password is accepted only on the loopback address.</summary>
    None,

    /// <summary>The connection is secured with STARTTLS, or not used.</summary>
    StartTls,

    /// <summary>TLS from the start.</summary>
    Tls,
}

/// <summary>The section <c>Mail</c> of the configuration: the server through which mails are sent. Without a host, no mail is sent.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    public string Host { get; set; } = "";

    /// <summary>The port, from 1 to 65535. The default is 587.</summary>
    public int Port { get; set; } = 587;

    public MailSecurity Security { get; set; }

    /// <summary>The account of the mail server. Empty when it asks for none.</summary>
    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>The sender: an address, or a name and an address such as <c>Klaviyo Export &lt;exports@company.example&gt;</c>.</summary>
    public string From { get; set; } = "";

    /// <summary>
    /// A PEM file with the certificates of authorities that are trusted for the mail server in addition to those of the system. The name in
    /// the server's certificate must match in every case.
    /// </summary>
    public string TrustedCertificate { get; set; } = "";

    /// <summary>OAuth 2.0 instead of a password. Its <see cref="MailOAuthOptions.ClientId"/> turns it on.</summary>
    public MailOAuthOptions OAuth2 { get; set; } = new();

    /// <summary>Whether mails can be sent.</summary>
    public bool IsConfigured => Host.Length > 0;
}

/// <summary>
/// The section <c>Mail:OAuth2</c>: signs in to the mail server as an application, as Microsoft 365 requires (client credentials, XOAUTH2).
/// </summary>
public sealed class MailOAuthOptions
{
    /// <summary>The id of the tenant in Microsoft Entra ID.</summary>
    public string TenantId { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>The address that issues tokens. Empty for the one of the tenant. https, or http on the loopback address.</summary>
    public string TokenUrl { get; set; } = "";

    public string Scope { get; set; } = "https://outlook.office365.com/.default";

    internal bool IsOn => ClientId.Length > 0;

    internal Uri TokenAddress =>
        new(TokenUrl.Length > 0 ? TokenUrl : $"https://login.microsoftonline.com/{Uri.EscapeDataString(TenantId)}/oauth2/v2.0/token");
}
