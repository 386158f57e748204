using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Opens stores of files.</summary>
internal sealed class RemoteStores(IOptions<SourceOptions> options, MachineAddresses network)
{
    /// <param name="kind">The kind of store.</param>
    /// <param name="files">The store.</param>
    /// <param name="secret">The secret, not encrypted. Empty for the identity of the machine.</param>
    /// <param name="name">The name of the source in messages.</param>
    /// <exception cref="SourceException">The store cannot be used. The message says why.</exception>
    public RemoteStore Open(SourceKind kind, RemoteFiles files, string secret, string name)
    {
        if (!files.NeedsSecret && !options.Value.AllowMachineIdentity)
            throw new SourceException(new LocalizedMessage("Sources.MachineIdentityNotAllowed"));
        var patience = options.Value.Remote.Patience;
        return kind switch
        {
            SourceKind.S3 => new S3Store(files, secret, name, network, patience),
            SourceKind.AzureBlob => new AzureStore(files, secret, name, network, patience),
            _ => new SftpStore(files, secret, name, network, patience),
        };
    }
}
