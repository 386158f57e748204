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

/// <summary>Section <c>Mail</c>: the server that sends mails. Without a host, no mail is sent.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>The name or IP address of the mail server (SMTP).</summary>
    public string Host { get; set; } = "";

    /// <summary>The port of the mail server. From 1 to 65535.</summary>
    public int Port { get; set; } = 587;

    /// <summary>
    /// How the connection is secured. <c>Auto</c>: TLS from the start on port 465, else STARTTLS, which is required except on the loopback
    /// address. <c>None</c>: not at all; a password is then accepted on the loopback address only. <c>StartTls</c>: STARTTLS, or the
    /// connection is not used. <c>Tls</c>: TLS from the start.
    /// </summary>
    public MailSecurity Security { get; set; }

    /// <summary>The account at the mail server. Leave it out when the server asks for none.</summary>
    public string User { get; set; } = "";

    /// <summary>The password of <see cref="User"/>. Secret.</summary>
    public string Password { get; set; } = "";

    /// <summary>The sender. Required with a host. An address, or a name and an address such as <c>Klaviyo Export &lt;exports@company.example&gt;</c>.</summary>
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
/// Section <c>Mail:OAuth2</c>: signs in to the mail server as an application instead of with a password, as Microsoft 365 requires (client
/// credentials, XOAUTH2).
/// </summary>
public sealed class MailOAuthOptions
{
    /// <summary>The id of the tenant in Microsoft Entra ID.</summary>
    public string TenantId { get; set; } = "";

    /// <summary>The client id of the application. It turns OAuth 2.0 on.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The client secret of the application. Secret.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The address that issues tokens: https, or http on the loopback address. None: that of the tenant.</summary>
    public string TokenUrl { get; set; } = "";

    /// <summary>The scope that is requested for the token.</summary>
    public string Scope { get; set; } = "https://outlook.office365.com/.default";

    internal bool IsOn => ClientId.Length > 0;

    internal Uri TokenAddress =>
        new(TokenUrl.Length > 0 ? TokenUrl : $"https://login.microsoftonline.com/{Uri.EscapeDataString(TenantId)}/oauth2/v2.0/token");
}
