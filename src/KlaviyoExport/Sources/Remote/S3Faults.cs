using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Converts errors of S3 and compatible stores.</summary>
internal static class S3Faults
{
    /// <returns>Null when the error is not known.</returns>
    public static SourceFault? Of(Exception exception, RemoteFiles files, string name)
    {
        var host = files.Endpoint is { } endpoint
            ? new Uri(endpoint)
            : new Uri($"https://{files.Container}.s3.{files.Region}.amazonaws.com");
        return exception switch
        {
            AmazonS3Exception { InnerException: null or Amazon.Runtime.Internal.HttpErrorResponseException } fault => OfAnswer(
                fault,
                files,
                name
            ),
            AmazonUnmarshallingException or System.Xml.XmlException => new LocalizedMessage("Sources.NotAStore", host.Host),
            _ when RemoteFaults.Of(exception, name, host.Host, host.Port) is { } known => known,
            AmazonS3Exception fault => OfAnswer(fault, files, name),
            AmazonClientException when !files.NeedsSecret => new LocalizedMessage("Sources.MachineIdentityMissing"),
            // What arrived is not what the store has sent.
            AmazonClientException => SourceFault.ServerGone(name),
            _ => null,
        };
    }

    private static SourceFault OfAnswer(AmazonS3Exception fault, RemoteFiles files, string name) =>
        (fault.ErrorCode, fault.StatusCode) switch
        {
            ("NoSuchBucket", _) => new LocalizedMessage("Sources.BucketUnknown", files.Container!),
            ("InvalidAccessKeyId" or "InvalidToken" or "ExpiredToken", _) => new LocalizedMessage(
                "Sources.AccessKeyUnknown",
                files.User ?? ""
            ),
            ("SignatureDoesNotMatch", _) => new LocalizedMessage("Sources.AccessSecretWrong", files.User ?? ""),
            ("RequestTimeTooSkewed", _) => new LocalizedMessage("Sources.ClockSkewed"),
            ("PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed", _)
            or (_, HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect) => new LocalizedMessage(
                "Sources.RegionWrong",
                files.Container!,
                files.Region ?? "us-east-1"
            ),
            (_, HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) => new LocalizedMessage("Sources.BucketDenied", files.Container!),
            ("SlowDown" or "RequestTimeout", _) => SourceFault.ServerBusy(name),
            (_, >= HttpStatusCode.InternalServerError) => SourceFault.ServerBusy(name),
            _ => new LocalizedMessage("Sources.StoreFault", name, fault.Message),
        };
}
