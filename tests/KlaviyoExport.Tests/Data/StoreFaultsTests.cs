using System.Net;
using System.Net.Sockets;
using KlaviyoExport.Data;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KlaviyoExport.Tests.Data;

public sealed class StoreFaultsTests
{
    [Fact]
    public void Faults_of_every_provider_are_temporary_and_bugs_are_not()
    {
        Assert.All(
            new Exception[]
            {
                new SqliteException("locked", 5),
                new NpgsqlException("gone"),
                new DbUpdateException(),
                new DbUpdateConcurrencyException(),
            },
            fault => Assert.True(StoreFaults.IsTransient(fault))
        );
        Assert.All(
            new Exception[] { new InvalidOperationException("a bug"), new ArgumentException("a bug"), new OperationCanceledException() },
            fault => Assert.False(StoreFaults.IsTransient(fault))
        );
    }

    /// <summary>
    /// The real driver with a server that accepts connections and never answers. One connection takes the only place in the pool, and the
    /// others wait for it until the time-out.
    /// </summary>
    [Fact]
    public void A_full_connection_pool_of_SQL_Server_is_a_temporary_fault()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var settings = new SqlConnectionStringBuilder
        {
            DataSource = $"127.0.0.1,{((IPEndPoint)silent.LocalEndpoint).Port}",
            UserID = "a",
            Password = "b",
            MaxPoolSize = 1,
            ConnectTimeout = 2,
            ConnectRetryCount = 0,
            PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock,
            Encrypt = false,
        }.ConnectionString;
        List<Exception?> faults = [];
        // When the one that connects is the first to give up, the others get its fault. Then they try again.
        for (var round = 0; round < 10 && !faults.Exists(fault => fault is InvalidOperationException); round++)
            faults.AddRange(OpenAtOnce(settings, 12));

        Assert.Contains(faults, fault => fault is InvalidOperationException);
        Assert.All(faults, fault => Assert.True(StoreFaults.IsTransient(fault!), fault!.ToString()));
    }

    private static Exception?[] OpenAtOnce(string settings, int count)
    {
        var faults = new Exception?[count];
        using var start = new Barrier(count);
        var opening = Enumerable
            .Range(0, count)
            .Select(index => new Thread(() =>
            {
                start.SignalAndWait();
                faults[index] = Open(settings);
            }))
            .ToList();
        opening.ForEach(thread => thread.Start());
        opening.ForEach(thread => thread.Join());
        return faults;
    }

    private static Exception? Open(string settings)
    {
        using var connection = new SqlConnection(settings);
        return Record.Exception(connection.Open);
    }
}
