using Azure;
using Azure.Identity;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Converts errors of Azure Blob Storage.</summary>
internal static class AzureFaults
{
    /// <returns>Null when the error is not known.</returns>
    public static SourceFault? Of(Exception exception, RemoteFiles files, string name)
    {
        var account = new Uri(files.Endpoint!);
        return exception switch
        {
            // Several attempts, all of which failed in the same way.
            AggregateException { InnerExceptions: [.., var last] } => Of(last, files, name),
            RequestFailedException { Status: > 0 } fault => OfAnswer(fault, files, name),
            AuthenticationFailedException => new LocalizedMessage("Sources.MachineIdentityMissing"),
            _ when RemoteFaults.Of(exception, name, account.Host, account.Port) is { } known => known,
            RequestFailedException => SourceFault.ServerGone(name),
            // The library does not expect XML of something else.
            System.Xml.XmlException or NullReferenceException => new LocalizedMessage("Sources.NotAStore", account.Host),
            _ => null,
        };
    }

    private static SourceFault OfAnswer(RequestFailedException fault, RemoteFiles files, string name) =>
        (fault.ErrorCode, fault.Status) switch
        {
            ("ContainerNotFound", _) => new LocalizedMessage("Sources.ContainerUnknown", files.Container!),
            ("AuthenticationFailed" or "InvalidAuthenticationInfo" or "NoAuthenticationInformation", _) => new LocalizedMessage(
                files.SignIn == RemoteSignIn.SharedAccessSignature ? "Sources.SignatureRefused" : "Sources.AccountKeyWrong",
                files.Endpoint!
            ),
            ("KeyBasedAuthenticationNotPermitted", _) => new LocalizedMessage("Sources.AccountKeyForbidden", files.Endpoint!),
            ("AccountIsDisabled", _) => new LocalizedMessage("Sources.AccountDisabled", files.Endpoint!),
            (_, 401 or 403) => new LocalizedMessage("Sources.ContainerDenied", files.Container!),
            (_, 408 or 429 or >= 500) => SourceFault.ServerBusy(name),
            _ => new LocalizedMessage("Sources.StoreFault", name, fault.ErrorCode ?? $"HTTP {fault.Status}"),
        };
}
