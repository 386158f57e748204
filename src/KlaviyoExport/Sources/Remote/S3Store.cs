using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace KlaviyoExport.Sources.Remote;

/// <summary>A bucket in Amazon S3 or a compatible store.</summary>
internal sealed class S3Store : RemoteStore
{
    private readonly AmazonS3Client _client;
    private readonly HttpClient _http;
    private readonly RemoteFiles _files;
    private readonly string _name;

    /// <param name="files">The bucket.</param>
    /// <param name="secret">The secret of the access key. Empty to use the identity of the machine.</param>
    /// <param name="name">The name of the source in messages.</param>
    /// <param name="network">Decides which addresses may be connected to.</param>
    /// <param name="patience">The time to wait for a connection.</param>
    public S3Store(RemoteFiles files, string secret, string name, MachineAddresses network, TimeSpan patience)
    {
        (_files, _name) = (files, name);
        _http = RemoteHttp.Create(network, patience);
        var configuration = new AmazonS3Config
        {
            HttpClientFactory = new OneClient(_http),
            MaxErrorRetry = 2,
            // Compatible stores do not know the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ForcePathStyle = files.UsesPathStyle,
        };
        if (files.Endpoint is { } endpoint)
            (configuration.ServiceURL, configuration.AuthenticationRegion) = (endpoint, files.Region ?? "us-east-1");
        else
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(files.Region);
        _client =
            secret.Length == 0
                ? new AmazonS3Client(configuration)
                : new AmazonS3Client(new BasicAWSCredentials(files.User, secret), configuration);
    }

    public override async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _files.Container, Prefix = _files.Folder };
        ListObjectsV2Response page;
        do
        {
            page = await _client.ListObjectsV2Async(request, cancellationToken);
            // Objects whose names end in a slash are folders that a console has made.
            foreach (var found in (page.S3Objects ?? []).Where(found => !found.Key.EndsWith('/')))
                yield return new RemoteFile(found.Key, found.Size ?? 0, ChangedAt(found), found.ETag);
            request.ContinuationToken = page.NextContinuationToken;
        } while (page.IsTruncated == true && request.ContinuationToken is not null);
    }

    public override async Task<Stream> OpenAsync(RemoteFile file, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectRequest
            {
                BucketName = _files.Container,
                Key = file.Name,
                EtagToMatch = file.Version,
            };
            return (await _client.GetObjectAsync(request, cancellationToken)).ResponseStream;
        }
        catch (AmazonS3Exception fault) when (fault.ErrorCode is "NoSuchKey" or "PreconditionFailed")
        {
            throw new SourceException(RemoteFaults.Changed(file));
        }
        catch (AmazonS3Exception fault) when (fault.ErrorCode == "InvalidObjectState")
        {
            throw new SourceException(new LocalizedMessage("Sources.FileArchived", file.LastPart));
        }
    }

    public override SourceFault? FaultOf(Exception exception) => S3Faults.Of(exception, _files, _name);

    public override ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        return base.DisposeAsync();
    }

    private static DateTimeOffset ChangedAt(S3Object found) =>
        found.LastModified is { } moment ? new DateTimeOffset(moment.ToUniversalTime()) : DateTimeOffset.UnixEpoch;

    private sealed class OneClient(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
