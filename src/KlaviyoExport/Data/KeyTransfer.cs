using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>Copies the data protection keys to a store on a database server, which keeps them when there is a certificate.</summary>
internal sealed class KeyTransfer(IOptions<KeyManagementOptions> options, IOptions<KeyOptions> keys)
{
    private static readonly XNamespace Schema = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName NeedsEncryption = Schema + "requiresEncryption";
    private static readonly XName EncryptedSecret = Schema + "encryptedSecret";

    /// <summary>Copies all keys. Without a certificate it does nothing: the keys stay in the data directory.</summary>
    public async Task CopyAsync(AppDb target, CancellationToken cancellationToken)
    {
        if (!keys.Value.HasCertificate || options.Value.XmlRepository is not FileSystemXmlRepository files)
            return;
        foreach (var element in files.GetAllElements())
            target.DataProtectionKeys.Add(
                new DataProtectionKey
                {
                    FriendlyName = $"key-{element.Attribute("id")?.Value}",
                    Xml = Encrypted(element).ToString(SaveOptions.DisableFormatting),
                }
            );
        await target.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Encrypts the secrets of a key that was created when there was no certificate.</summary>
    private XElement Encrypted(XElement key)
    {
        var copy = new XElement(key);
        foreach (var secret in copy.Descendants().Where(element => (bool?)element.Attribute(NeedsEncryption) == true).ToList())
        {
            var sealedSecret = options.Value.XmlEncryptor!.Encrypt(secret);
            secret.ReplaceWith(
                new XElement(
                    EncryptedSecret,
                    new XAttribute("decryptorType", sealedSecret.DecryptorType.AssemblyQualifiedName!),
                    sealedSecret.EncryptedElement
                )
            );
        }
        return copy;
    }
}
