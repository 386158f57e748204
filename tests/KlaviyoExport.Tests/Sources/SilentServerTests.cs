using System.Net;
using System.Net.Sockets;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Tests.Sources.Odbc;

namespace KlaviyoExport.Tests.Sources;

[Trait(Needs.Trait, Needs.Time)]
public sealed class SilentServerTests
{
    [Fact]
    public async Task A_server_that_accepts_the_connection_and_stays_silent_is_unreachable()
    {
        await using var store = await SourceStore.CreateAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var odbc = new SourceDraft
        {
            Kind = SourceKind.Odbc,
            Password = "p",
            User = "u",
            Odbc = new OdbcDraft { Driver = "FreeTDS", Keys = $"Server=127.0.0.1\nPort={port}" },
        };
        var driver = OdbcDatabase.IsConfigured
            ? Assert.ThrowsAnyAsync<SourceException>(() =>
                store.Sources.TestAsync(SourceStore.Administrator, odbc, TestContext.Current.CancellationToken)
            )
            : null;
        var silences = new[] { SourceKind.PostgreSql, SourceKind.SqlServer, SourceKind.MySql, SourceKind.PostgreSqlCompatible }.Select(
            kind =>
                Assert.ThrowsAnyAsync<SourceException>(() =>
                    store.Sources.TestAsync(SourceStore.Administrator, Draft(kind, port), TestContext.Current.CancellationToken)
                )
        );

        Assert.All(
            await Task.WhenAll(silences),
            silence =>
                Assert.Equal(
                    (new LocalizedMessage("Sources.HostUnreachable", "127.0.0.1", port), true),
                    (silence.LocalizedMessage, silence.Fault.IsTransient)
                )
        );
        if (driver is not null)
            Assert.Equal("Sources.OdbcSilent", (await driver).LocalizedMessage.Code);
    }

    [Theory]
    [InlineData(SourceKind.PostgreSql)]
    [InlineData(SourceKind.PostgreSqlCompatible)]
    [InlineData(SourceKind.MySql)]
    [InlineData(SourceKind.SqlServer)]
    public async Task A_server_that_closes_the_connection_before_the_sign_in_may_be_of_another_kind(SourceKind kind)
    {
        await using var store = await SourceStore.CreateAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var serving = CloseEachAsync(listener, end.Token);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var closed = await Assert.ThrowsAnyAsync<SourceException>(() =>
            store.Sources.TestAsync(SourceStore.Administrator, Draft(kind, port), TestContext.Current.CancellationToken)
        );

        Assert.Equal(
            (new LocalizedMessage("Sources.HostClosed", "127.0.0.1", port), true),
            (closed.LocalizedMessage, closed.Fault.IsTransient)
        );
        await end.CancelAsync();
        await serving;
    }

    private static SourceDraft Draft(SourceKind kind, int port) =>
        new()
        {
            Kind = kind,
            Host = "127.0.0.1",
            Port = port,
            Database = "d",
            User = "u",
            Password = "p",
        };

    private static async Task CloseEachAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
                (await listener.AcceptTcpClientAsync(cancellationToken)).Dispose();
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }
}
