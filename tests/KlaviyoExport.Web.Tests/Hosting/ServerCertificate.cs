using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>A certificate of a test's own, for an application that is reached over TLS.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private const string Password = "of the test";
    private static readonly byte[] Certificate = Create();
    private readonly string _file = Path.GetTempFileName();

    public ServerCertificate() => File.WriteAllBytes(_file, Certificate);

    /// <summary>The settings of the application.</summary>
    public string[] Settings =>
        [
            "--urls=https://127.0.0.1:0",
            $"--Kestrel:Certificates:Default:Path={_file}",
            $"--Kestrel:Certificates:Default:Password={Password}",
        ];

    public void Dispose() => File.Delete(_file);

    private static byte[] Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.Export(X509ContentType.Pfx, Password);
    }
}
