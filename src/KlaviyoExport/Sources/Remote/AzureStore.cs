using System.Runtime.CompilerServices;
using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace KlaviyoExport.Sources.Remote;

/// <summary>A container in Azure Blob Storage, also of an account with Data Lake Storage Gen2.</summary>
internal sealed class AzureStore : RemoteStore
{
    private readonly BlobContainerClient _container;
    private readonly HttpClient _http;
    private readonly RemoteFiles _files;
    private readonly string _name;

    /// <param name="files">The container.</param>
    /// <param name="secret">The account key or the shared access signature. Empty to use the identity of the machine.</param>
    /// <param name="name">The name of the source in messages.</param>
    /// <param name="network">Decides which addresses may be connected to.</param>
    /// <param name="patience">The time to wait for an answer.</param>
    /// <exception cref="SourceException">The secret is not valid.</exception>
    public AzureStore(RemoteFiles files, string secret, string name, MachineAddresses network, TimeSpan patience)
    {
        (_files, _name) = (files, name);
        var url = new Uri($"{files.Endpoint}/{files.Container}");
        _http = RemoteHttp.Create(network, patience);
        var options = new BlobClientOptions { Transport = new HttpClientTransport(_http) };
        (options.Retry.MaxRetries, options.Retry.NetworkTimeout, options.Retry.Delay) = (2, patience, TimeSpan.FromMilliseconds(500));
        options.Diagnostics.IsLoggingEnabled = false;
        try
        {
            _container = files.SignIn switch
            {
                RemoteSignIn.MachineIdentity => new BlobContainerClient(url, new DefaultAzureCredential(), options),
                RemoteSignIn.SharedAccessSignature => new BlobContainerClient(
                    url,
                    new AzureSasCredential(secret.Trim().TrimStart('?')),
                    options
                ),
                _ => new BlobContainerClient(url, new StorageSharedKeyCredential(new BlobUriBuilder(url).AccountName, secret), options),
            };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            _http.Dispose();
            throw new SourceException(new LocalizedMessage("Sources.AccountKeyInvalid"));
        }
    }

    public override async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new GetBlobsOptions { Traits = BlobTraits.Metadata, Prefix = _files.Folder };
        await foreach (var found in _container.GetBlobsAsync(request, cancellationToken))
        {
            // Data Lake Storage marks its folders.
            if (found.Metadata is { } metadata && metadata.TryGetValue("hdi_isfolder", out var mark) && mark == "true")
                continue;
            if (found.Name.EndsWith('/'))
                continue;
            yield return new RemoteFile(
                found.Name,
                found.Properties.ContentLength ?? 0,
                found.Properties.LastModified ?? DateTimeOffset.UnixEpoch,
                found.Properties.ETag.ToString() ?? ""
            );
        }
    }

    public override async Task<Stream> OpenAsync(RemoteFile file, CancellationToken cancellationToken)
    {
        try
        {
            var request = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = new ETag(file.Version) } };
            var answer = await _container.GetBlobClient(file.Name).DownloadStreamingAsync(request, cancellationToken);
            return answer.Value.Content;
        }
        catch (RequestFailedException fault) when (fault.Status == 412 || fault.ErrorCode == "BlobNotFound")
        {
            throw new SourceException(RemoteFaults.Changed(file));
        }
        catch (RequestFailedException fault) when (fault.ErrorCode is "BlobArchived" or "BlobBeingRehydrated")
        {
            throw new SourceException(new LocalizedMessage("Sources.FileArchived", file.LastPart));
        }
    }

    public override SourceFault? FaultOf(Exception exception) => AzureFaults.Of(exception, _files, _name);

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return base.DisposeAsync();
    }
}
