namespace KlaviyoExport.Web.Hosting;

/// <summary>Settings without a section: the addresses at which the application listens. ASP.NET Core reads them too.</summary>
internal sealed class AddressOptions
{
    /// <summary>The settings have no section.</summary>
    public const string Section = "";

    /// <summary>
    /// The addresses at which the application listens, separated by semicolons, such as http://0.0.0.0:8080. None: http://127.0.0.1:5080,
    /// which only this machine can reach. For access from other machines, use a proxy with TLS.
    /// </summary>
    public string? Urls { get; set; }

    /// <summary>Ports for HTTP on all addresses of the machine, separated by semicolons. Not used when <see cref="Urls"/> is set.</summary>
    [ConfigurationKeyName("HTTP_PORTS")]
    public string? HttpPorts { get; set; }

    /// <summary>
    /// Ports for HTTPS on all addresses of the machine, separated by semicolons. Not used when <see cref="Urls"/> is set. The certificate
    /// is set in <c>Kestrel:Certificates:Default</c>.
    /// </summary>
    [ConfigurationKeyName("HTTPS_PORTS")]
    public string? HttpsPorts { get; set; }

    /// <summary>
    /// The host names that requests may have, separated by semicolons. None: while the application listens on a loopback address and
    /// trusts no proxy, only localhost, 127.0.0.1 and [::1]; otherwise every name.
    /// </summary>
    public string? AllowedHosts { get; set; }
}
