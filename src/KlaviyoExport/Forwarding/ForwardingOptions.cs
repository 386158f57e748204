using KlaviyoExport.Alerts.Webhooks;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Forwarding;

/// <summary>Section <c>AuditForwarding</c>: where entries of the audit are sent as well. Nothing is sent by default.</summary>
public sealed class ForwardingOptions
{
    public const string Section = "AuditForwarding";

    /// <summary>A syslog server (<c>AuditForwarding:Syslog:…</c>).</summary>
    public SyslogOptions Syslog { get; set; } = new();

    /// <summary>A webhook (<c>AuditForwarding:Webhook:…</c>).</summary>
    public AuditWebhookOptions Webhook { get; set; } = new();

    internal sealed class Validator : IValidateOptions<ForwardingOptions>
    {
        private const int LeastSecret = 16;

        public ValidateOptionsResult Validate(string? name, ForwardingOptions options)
        {
            var faults = new List<string>();
            if (options.Syslog is { Port: < 1 or > 65_535 })
                faults.Add($"{Section}:Syslog:Port must be between 1 and 65535.");
            if (options.Syslog.IsConfigured && Uri.CheckHostName(options.Syslog.Host) == UriHostNameType.Unknown)
                faults.Add($"{Section}:Syslog:Host is not the name or address of a server.");
            if (options.Syslog.CertificateAuthority is { Length: > 0 } authority && !File.Exists(authority))
                faults.Add($"{Section}:Syslog:CertificateAuthority does not exist. Set it to a PEM file with certificates to trust.");
            if (options.Webhook.IsConfigured && WebhookAddress.Parse(options.Webhook.Url) is null)
                faults.Add($"{Section}:Webhook:Url must be an https address (or http on the loopback address).");
            if (options.Webhook.IsConfigured && options.Webhook.Secret.Length < LeastSecret)
                faults.Add($"{Section}:Webhook:Secret must have at least {LeastSecret} characters.");
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}

/// <summary>How messages reach the syslog server.</summary>
public enum SyslogTransport
{
    /// <summary>TCP with TLS (RFC 5425).</summary>
    Tls,

    /// <summary>TCP without encryption (RFC 6587, octet counting).</summary>
    Tcp,

    /// <summary>UDP without encryption (RFC 5426). Lost messages are not noticed.</summary>
    Udp,
}

/// <summary>Section <c>AuditForwarding:Syslog</c>: a syslog server (RFC 5424).</summary>
public sealed class SyslogOptions
{
    /// <summary>The name or IP address of the server. None: nothing is sent.</summary>
    public string Host { get; set; } = "";

    /// <summary>The port, from 1 to 65535. None: 6514 with TLS, otherwise 514.</summary>
    public int? Port { get; set; }

    /// <summary>
    /// <c>Tls</c>: TCP with TLS (RFC 5425). <c>Tcp</c>: TCP without encryption. <c>Udp</c>: UDP without encryption; lost messages are not
    /// noticed.
    /// </summary>
    public SyslogTransport Transport { get; set; }

    /// <summary>
    /// The full path of a PEM file with the certificate authorities to trust. None: those of the operating system.
    /// </summary>
    public string? CertificateAuthority { get; set; }

    internal bool IsConfigured => Host.Length > 0;

    internal int PortOrDefault => Port ?? (Transport == SyslogTransport.Tls ? 6514 : 514);
}

/// <summary>Section <c>AuditForwarding:Webhook</c>: an address to which entries are posted.</summary>
public sealed class AuditWebhookOptions
{
    /// <summary>The https address, or http on the loopback address. None: nothing is sent.</summary>
    public string Url { get; set; } = "";

    /// <summary>The key of the signature, at least 16 characters. Required with an address. Secret.</summary>
    public string Secret { get; set; } = "";

    internal bool IsConfigured => Url.Length > 0;
}
