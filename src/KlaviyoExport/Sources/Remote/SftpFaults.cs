using Renci.SshNet.Common;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Converts errors of SFTP servers.</summary>
internal static class SftpFaults
{
    /// <param name="exception">What was thrown.</param>
    /// <param name="files">The server.</param>
    /// <param name="name">The name of the source in messages.</param>
    /// <param name="offered">The fingerprint of the key that the server has offered. Null when there was none.</param>
    /// <returns>Null when the error is not known.</returns>
    public static SourceFault? Of(Exception exception, RemoteFiles files, string name, string? offered) =>
        exception switch
        {
            SshConnectionException when offered is not null && files.HostKey is null => new LocalizedMessage(
                "Sources.HostKeyNeeded",
                files.Host!,
                offered
            ),
            SshConnectionException when offered is not null && offered != files.HostKey => new LocalizedMessage(
                "Sources.HostKeyChanged",
                files.Host!,
                offered,
                files.HostKey
            ),
            SshAuthenticationException => new LocalizedMessage(
                files.SignIn == RemoteSignIn.PrivateKey ? "Sources.PrivateKeyRefused" : "Sources.LoginRefused",
                files.Host!,
                files.User!
            ),
            SftpPathNotFoundException => new LocalizedMessage("Sources.FolderMissing", files.Host!, files.Folder ?? "."),
            SftpPermissionDeniedException => new LocalizedMessage("Sources.FolderDenied", files.Folder ?? ".", files.User!),
            SshOperationTimeoutException => SourceFault.HostUnreachable(files.Host!, files.SshPort),
            _ when RemoteFaults.Of(exception, name, files.Host!, files.SshPort) is { } known => known,
            SshConnectionException when offered is null => new LocalizedMessage("Sources.NotAnSshServer", files.Host!, files.SshPort),
            SshConnectionException or ObjectDisposedException => SourceFault.ServerGone(name),
            SshException fault => new LocalizedMessage("Sources.StoreFault", name, fault.Message),
            _ => null,
        };
}
