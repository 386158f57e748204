using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KlaviyoExport.Tests.Cluster;

/// <summary>A certificate like one made with openssl: an RSA key in a PFX file.</summary>
internal static class ClusterCertificate
{
    public const string Password = "practice";

    public static string Write(string file)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=Klaviyo Export keys",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, Password));
        return file;
    }

    public static Dictionary<string, string?> Settings(string file) =>
        new() { ["DataProtection:Certificate"] = file, ["DataProtection:CertificatePassword"] = Password };
}
