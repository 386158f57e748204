using System.Net.Sockets;
using System.Security.Authentication;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Converts errors of the network, which all stores have in common.</summary>
internal static class RemoteFaults
{
    /// <param name="exception">What was thrown.</param>
    /// <param name="name">The name of the source in messages.</param>
    /// <param name="host">The host that was connected to.</param>
    /// <param name="port">Its port.</param>
    /// <returns>Null when the network is not the cause.</returns>
    public static SourceFault? Of(Exception exception, string name, string host, int port)
    {
        if (ServerFaults.Find<SourceException>(exception) is { } known)
            return known.Fault;
        if (ServerFaults.Find<AuthenticationException>(exception) is not null)
            return new LocalizedMessage("Sources.StoreNotTrusted", host);
        return ServerFaults.Find<SocketException>(exception)?.SocketErrorCode switch
        {
            null => exception is IOException or HttpRequestException ? SourceFault.ServerGone(name) : null,
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => SourceFault.HostUnknown(
                host
            ),
            SocketError.ConnectionRefused => SourceFault.StoreRefused(host, port),
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => SourceFault.ServerGone(name),
            _ => SourceFault.HostUnreachable(host, port),
        };
    }

    public static SourceFault Changed(RemoteFile file) => SourceFault.ChangedWhileRead(file.LastPart);

    /// <summary>Whether the disk of the data directory is full.</summary>
    public static bool IsDiskFull(Exception exception) =>
        exception is IOException
        && (exception.HResult & 0xFFFF) is var code
        && (OperatingSystem.IsWindows() ? code is 0x70 or 0x27 : code is 28 or 122);
}
