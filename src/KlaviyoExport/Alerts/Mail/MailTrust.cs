using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KlaviyoExport.Alerts.Mail;

/// <summary>Decides whether the certificate of the mail server is trusted.</summary>
internal static class MailTrust
{
    /// <summary>Returns a check that also trusts the authorities in a PEM file.</summary>
    public static RemoteCertificateValidationCallback With(string pemFile) =>
        (_, certificate, _, errors) =>
            errors == SslPolicyErrors.None
            // A wrong name or a missing certificate is never accepted.
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is not null && IsIssuedBy(pemFile, certificate));

    private static bool IsIssuedBy(string pemFile, X509Certificate certificate)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(pemFile);
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        // An authority of the company seldom publishes a revocation list.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        try
        {
            return chain.Build(server);
        }
        finally
        {
            foreach (var authority in trusted)
                authority.Dispose();
        }
    }
}
