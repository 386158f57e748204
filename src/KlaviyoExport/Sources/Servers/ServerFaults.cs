using System.Net.Sockets;
using System.Security.Authentication;

namespace KlaviyoExport.Sources.Servers;

/// <summary>What goes wrong on the way to any server.</summary>
internal static class ServerFaults
{
    /// <summary>The first of the kind among an exception and those behind it.</summary>
    public static T? Find<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
            exception = exception.InnerException;
        return exception as T;
    }

    /// <returns>Null when the way was not the matter.</returns>
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

    /// <summary>Goes the way once more, alone: a driver may keep to itself where it ended.</summary>
    /// <returns>Null when it leads there.</returns>
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
