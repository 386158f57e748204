using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Servers that use PostgreSQL's protocol, and not all of its SQL.</summary>
public enum SqlFlavour
{
    /// <summary>No collations, no numeric without a precision, no casts to text, none of the newer functions and settings.</summary>
    Redshift,

    /// <summary>No collation C, and no settings of one transaction.</summary>
    CockroachDb,

    /// <summary>No isolation level, no read-only transaction and no settings of a session.</summary>
    Bare,
}

/// <summary>
/// PostgreSQL with everything refused that a compatible server lacks: a program in between replaces each such statement by one that
/// PostgreSQL itself refuses as a syntax error, so its transactions behave as on a server that does not know the statement.
/// </summary>
internal sealed partial class PlainServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly (string Host, int Port) _server;
    private readonly Regex _lacks;
    private readonly Task _accepting;
    private int _opened;

    private PlainServer(string host, int port, Regex lacks)
    {
        (_server, _lacks) = ((host, port), lacks);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>All statements that were sent, with the number of their connection, and whether they were refused.</summary>
    public ConcurrentQueue<(int Connection, string Statement, bool IsRefused)> Statements { get; } = [];

    public static PlainServer Before(ServerDatabase database, SqlFlavour flavour) => Before(database, Lacks(flavour));

    /// <param name="database">The database that is read.</param>
    /// <param name="lacks">The statements that are refused.</param>
    public static PlainServer Before(ServerDatabase database, Regex lacks)
    {
        var draft = database.Draft(SourceKind.PostgreSql);
        return new PlainServer(draft.Host!, draft.Port!.Value, lacks);
    }

    /// <summary>Returns the draft of a source that reads through this server.</summary>
    public SourceDraft Draft(ServerDatabase database, string? table = null, string key = "id")
    {
        var draft = database.Draft(SourceKind.PostgreSqlCompatible, table, key);
        draft.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        draft.Name += $" {draft.Port}";
        return draft;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private static Regex Lacks(SqlFlavour flavour) =>
        flavour switch
        {
            SqlFlavour.Redshift => Redshift(),
            SqlFlavour.CockroachDb => CockroachDb(),
            _ => Bare(),
        };

    [GeneratedRegex(
        @"SET\s+(LOCAL|TRANSACTION)|COLLATE|pg_catalog\.|has_\w+_privilege|DECLARE|FETCH|CURSOR|AS\s+(text|numeric|boolean|varchar)\)|convert_to|;|::|generate_series|LATERAL",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Redshift();

    [GeneratedRegex(
        @"SET\s+(LOCAL|TRANSACTION)|COLLATE\s+""C""|COLLATE\(|has_\w+_privilege|DECLARE|FETCH|CURSOR|;|extra_float",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex CockroachDb();

    [GeneratedRegex(
        @"\bSET\b|COLLATE|pg_catalog\.|has_\w+_privilege|DECLARE|FETCH|CURSOR|;|ISOLATION|READ\s+ONLY",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Bare();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var one = client;
        using var other = new TcpClient();
        try
        {
            await other.ConnectAsync(_server.Host, _server.Port, _end.Token);
            (one.NoDelay, other.NoDelay) = (true, true);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            var answers = other.GetStream().CopyToAsync(one.GetStream(), ended.Token);
            await Task.WhenAny(answers, SpeakAsync(one.GetStream(), other.GetStream(), ended.Token));
            await ended.CancelAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // One side has closed the connection.
        }
    }

    private async Task SpeakAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var length = new byte[4];
        // The first message has no type.
        await from.ReadExactlyAsync(length, cancellationToken);
        var first = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await from.ReadExactlyAsync(first, cancellationToken);
        await to.WriteAsync((byte[])[.. length, .. first], cancellationToken);
        var connection = Interlocked.Increment(ref _opened);
        var type = new byte[1];
        while (await from.ReadAsync(type, cancellationToken) == 1)
        {
            await from.ReadExactlyAsync(length, cancellationToken);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
            await from.ReadExactlyAsync(body, cancellationToken);
            body = (char)type[0] switch
            {
                'Q' => Checked(connection, body, 0),
                'P' => Checked(connection, body, Array.IndexOf(body, (byte)0) + 1),
                _ => body,
            };
            BinaryPrimitives.WriteInt32BigEndian(length, body.Length + 4);
            await to.WriteAsync((byte[])[.. type, .. length, .. body], cancellationToken);
        }
    }

    private byte[] Checked(int connection, byte[] body, int start)
    {
        var end = Array.IndexOf(body, (byte)0, start);
        var statement = Encoding.UTF8.GetString(body, start, end - start);
        var isRefused = _lacks.IsMatch(statement);
        Statements.Enqueue((connection, statement, isRefused));
        return isRefused ? [.. body.AsSpan(0, start), .. "not known here"u8, .. body.AsSpan(end)] : body;
    }
}
