using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KlaviyoExport.Benchmarks.Growth;

/// <summary>A certificate that the servers of a cluster protect their keys with.</summary>
internal static class Certificate
{
    public const string Password = "benchmark";

    /// <returns>The path of its file.</returns>
    public static string Write(string directory)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        var file = Path.Combine(directory, "keys.pfx");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, Password));
        return file;
    }
}
