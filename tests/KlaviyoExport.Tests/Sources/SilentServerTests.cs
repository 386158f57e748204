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
                    store.Sources.TestAsync(
                        SourceStore.Administrator,
                        new SourceDraft
                        {
                            Kind = kind,
                            Host = "127.0.0.1",
                            Port = port,
                            Database = "d",
                            User = "u",
                            Password = "p",
                        },
                        TestContext.Current.CancellationToken
                    )
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
}
