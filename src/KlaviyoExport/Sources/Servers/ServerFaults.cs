using System.Net.Sockets;
using System.Security.Authentication;

namespace KlaviyoExport.Sources.Servers;

/// <summary>Converts network errors, which are common to all servers.</summary>
internal static class ServerFaults
{
    /// <summary>Finds the first exception of a type in a chain of inner exceptions.</summary>
    public static T? Find<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
            exception = exception.InnerException;
        return exception as T;
    }

    /// <returns>Null when the network is not the cause.</returns>
    public static SourceFault? OfConnection(Exception exception, ServerReading reading)
    {
        var (host, port) = (reading.Server.Host, reading.Port);
        if (Find<AuthenticationException>(exception) is not null)
            return new LocalizedMessage("Sources.CertificateNotTrusted", host);
        return Find<SocketException>(exception)?.SocketErrorCode switch
        {
            null => null,
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => SourceFault.HostUnknown(
                host
            ),
            SocketError.ConnectionRefused => SourceFault.ConnectionRefused(host, port),
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => SourceFault.ServerGone(reading.Name),
            _ => SourceFault.HostUnreachable(host, port),
        };
    }

    /// <summary>Connects to the port of the server, because a driver may not report why a connection failed.</summary>
    /// <returns>Null when the connection succeeds.</returns>
    public static async Task<SourceFault?> TestConnectionAsync(ServerReading reading, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await client.ConnectAsync(reading.Server.Host, reading.Port, patience.Token);
            return null;
        }
        catch (SocketException exception)
        {
            return OfConnection(exception, reading);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public static SourceFault TimedOut(ServerReading reading) => SourceFault.TimedOut(reading.Name, reading.Timeout);
}
