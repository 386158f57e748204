using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources.Remote;

/// <summary>How to sign in to a file store.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RemoteSignIn>))]
public enum RemoteSignIn
{
    /// <summary>S3: an access key ID and its secret. Azure: a key of the storage account.</summary>
    AccessKey,

    /// <summary>Azure: a shared access signature.</summary>
    SharedAccessSignature,

    /// <summary>
    /// The identity of the machine: the default credentials of AWS or Azure. Only when <see cref="SourceOptions.AllowMachineIdentity"/> is
    /// set, and only to AWS or Azure themselves.
    /// </summary>
    MachineIdentity,

    /// <summary>SFTP: a password.</summary>
    Password,

    /// <summary>SFTP: a private key, with or without a passphrase.</summary>
    PrivateKey,
}
