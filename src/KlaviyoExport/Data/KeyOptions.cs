using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>
/// Section <c>DataProtection</c>: the certificate that encrypts the data protection keys, which in turn encrypt all secrets.
/// </summary>
public sealed class KeyOptions
{
    public const string Section = "DataProtection";

    /// <summary>
    /// The path of a PFX file with an RSA private key, from the folder of the application if it is relative. With a certificate and a
    /// PostgreSQL or SQL Server store, the keys are kept in the store. Otherwise they are kept in the folder <c>keys</c> of the data
    /// directory. None: the keys are not encrypted.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>The password of the certificate and of the old certificates. Secret.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>The paths of earlier certificates. Keys that they encrypted can still be read.</summary>
    public List<string> OldCertificates { get; set; } = [];

    internal bool HasCertificate => Certificate is { Length: > 0 };

    /// <summary>Loads a PFX file. A relative path starts at the content root.</summary>
    /// <exception cref="CryptographicException">The file cannot be read.</exception>
    internal X509Certificate2 Load(string file, string contentRoot) =>
        X509CertificateLoader.LoadPkcs12FromFile(Path.GetFullPath(file, contentRoot), CertificatePassword);

    internal sealed class Validator(string contentRoot) : IValidateOptions<KeyOptions>
    {
        public ValidateOptionsResult Validate(string? name, KeyOptions options)
        {
            var files = options
                .OldCertificates.Select((file, index) => (Key: $"{Section}:{nameof(OldCertificates)}:{index}", File: file))
                .ToList();
            if (options.HasCertificate)
                files.Insert(0, ($"{Section}:{nameof(Certificate)}", options.Certificate!));
            var faults = files.Select(file => FaultOf(options, file.Key, file.File)).OfType<string>().ToList();
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }

        private string? FaultOf(KeyOptions options, string key, string file)
        {
            try
            {
                using var certificate = options.Load(file, contentRoot);
                using var secret = certificate.GetRSAPrivateKey();
                return secret is null ? $"{key} ({file}) holds no RSA private key; make a PFX with one." : null;
            }
            catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
            {
                return $"{key} ({file}) cannot be read: {fault.Message} Check the file and {Section}:{nameof(CertificatePassword)}.";
            }
        }
    }
}
