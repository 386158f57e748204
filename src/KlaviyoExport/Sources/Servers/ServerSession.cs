using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// An open, read-only connection to a database server. All errors of the server are thrown as <see cref="SourceException"/>.
/// </summary>
internal sealed class ServerSession : IAsyncDisposable
{
    private readonly DbDataSource _source;
    private readonly BlockingCalls? _calls;
    private DbConnection? _connection;
    private DbTransaction? _transaction;

    private ServerSession(ServerDialect dialect, DbDataSource source, ServerReading reading) =>
        (Dialect, _source, Reading, _calls) = (dialect, source, reading, dialect.IsBlocking ? new BlockingCalls() : null);

    /// <summary>The dialect of this server.</summary>
    public ServerDialect Dialect { get; private set; }

    /// <summary>What is being read, for error messages.</summary>
    public ServerReading Reading { get; set; }

    /// <summary>Whether all reads of the session see the same state of the database.</summary>
    public bool IsSnapshot => Dialect.IsSnapshot(_transaction);

    /// <exception cref="SourceException">The server cannot be reached or does not accept the user. The message says why.</exception>
    public static async Task<ServerSession> OpenAsync(
        ServerDialect dialect,
        DbDataSource source,
        ServerReading reading,
        CancellationToken cancellationToken
    )
    {
        var session = new ServerSession(dialect, source, reading);
        try
        {
            await session.GuardAsync(
                async () => session._connection = await source.OpenConnectionAsync(cancellationToken),
                stop: null,
                ServerDialect.LongestConnect,
                cancellationToken
            );
            await session.GuardAsync(
                async () =>
                {
                    session.Dialect = await dialect.AdaptAsync(session._connection!, reading, cancellationToken);
                    session._transaction = await session.Dialect.BeginAsync(session._connection!, reading, cancellationToken);
                },
                cancellationToken
            );
            return session;
        }
        catch (SourceException exception)
            when (reading.Server.Odbc is null
                && session._connection is null
                && exception.Fault.Kind is SourceFaultKind.Unreachable or SourceFaultKind.TimedOut or SourceFaultKind.Gone
            )
        {
            await session.DisposeAsync();
            if (exception.Fault.Kind == SourceFaultKind.Gone)
                throw new SourceException(SourceFault.HostClosed(reading.Server.Host, reading.Port));
            throw new SourceException(
                await ServerFaults.TestConnectionAsync(reading, cancellationToken)
                    ?? SourceFault.HostUnreachable(reading.Server.Host, reading.Port)
            );
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the rows of a statement, one at a time. The next row is requested after the previous one was consumed.</summary>
    public IAsyncEnumerable<string?[]> ReadAsync(string statement, IReadOnlyList<string> values, CancellationToken cancellationToken) =>
        _calls is null
            ? ReadEachAsync(statement, values, cancellationToken)
            : ReadBlockingAsync(_calls, statement, values, cancellationToken);

    /// <summary>
    /// Reads the rows of a statement that is ordered by its first value, the key, as the dialect orders it. What the server does not do,
    /// the product does: it joins the parts of a key, sorts the rows, and compares their keys with those of other tables.
    /// </summary>
    /// <param name="statement">The statement.</param>
    /// <param name="values">The values of its parameters.</param>
    /// <param name="keyParts">The number of its last values that the product joins to the key. 0 when the first value is the key.</param>
    /// <param name="sets">The keys of other tables that the product compares.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public IAsyncEnumerable<string?[]> ReadByKeyAsync(
        string statement,
        IReadOnlyList<string> values,
        int keyParts,
        IReadOnlyList<KeySet> sets,
        CancellationToken cancellationToken
    ) =>
        Dialect.SortsKeys
            ? ReadAsync(statement, values, cancellationToken)
            : KeySorter.ReadAsync(this, statement, values, keyParts, sets, cancellationToken);

    /// <summary>Asks the driver something about the database.</summary>
    public async Task<T> AskAsync<T>(Func<DbConnection, T> ask, CancellationToken cancellationToken)
    {
        T? told = default;
        await GuardAsync(
            () =>
            {
                told = ask(_connection!);
                return Task.CompletedTask;
            },
            cancellationToken
        );
        return told!;
    }

    private async IAsyncEnumerable<string?[]> ReadEachAsync(
        string statement,
        IReadOnlyList<string> values,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Command(statement, values);
        DbDataReader? opened = null;
        await GuardAsync(
            async () =>
            {
                if (Dialect.IsPrepared)
                    await command.PrepareAsync(cancellationToken);
                opened = await command.ExecuteReaderAsync(Dialect.Reading, cancellationToken);
            },
            cancellationToken
        );
        await using var reader = opened!;
        var ended = false;
        try
        {
            while (await NextAsync(reader, cancellationToken) is { } row)
                yield return row;
            ended = true;
        }
        finally
        {
            // Otherwise closing the reader would read all remaining rows.
            if (!ended)
                DriverParts.Stop(command);
        }
    }

    /// <summary>Reads some rows with each call, because each call changes the thread.</summary>
    private async IAsyncEnumerable<string?[]> ReadBlockingAsync(
        BlockingCalls calls,
        string statement,
        IReadOnlyList<string> values,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var command = Command(statement, values);
        DbDataReader? reader = null;
        var (ended, began) = (false, Stopwatch.GetTimestamp());
        try
        {
            while (!ended)
            {
                List<string?[]> rows = [];
                await GuardAsync(
                    () =>
                    {
                        reader ??= command.ExecuteReader(Dialect.Reading);
                        ended = !DriverParts.Fill(rows, reader, Dialect);
                        return Task.CompletedTask;
                    },
                    () => DriverParts.Stop(command),
                    Rest(began),
                    cancellationToken
                );
                foreach (var row in rows)
                    yield return row;
            }
        }
        finally
        {
            var isWhole = ended;
            await calls.ReleaseAsync(() =>
            {
                // Otherwise closing the reader would read all remaining rows.
                if (!isWhole)
                    DriverParts.Stop(command);
                DriverParts.Close(reader);
                DriverParts.Close(command);
            });
        }
    }

    /// <summary>Returns the names of the columns of a statement, and their types as the dialect names them.</summary>
    public async Task<IReadOnlyList<(string Name, string Type)>> DescribeAsync(
        string statement,
        IReadOnlyList<string> values,
        CancellationToken cancellationToken
    )
    {
        DbCommand? running = null;
        IReadOnlyList<(string, string)> columns = [];
        await GuardAsync(
            async () =>
            {
                await using var command = running = Command(statement, values);
                if (Dialect.IsPrepared)
                    await command.PrepareAsync(cancellationToken);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                columns = [.. Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), Dialect.TypeOf(reader, i)))];
            },
            () => DriverParts.Stop(running),
            Reading.Timeout,
            cancellationToken
        );
        return columns;
    }

    public async ValueTask DisposeAsync()
    {
        if (_calls is not null)
        {
            await _calls.ReleaseAsync(() =>
            {
                DriverParts.Close(_transaction);
                DriverParts.Close(_connection);
            });
            await _source.DisposeAsync();
            return;
        }
        try
        {
            if (_transaction is not null)
                await _transaction.DisposeAsync();
            if (_connection is not null)
                await _connection.DisposeAsync();
        }
        catch (Exception exception) when (exception is DbException or IOException or InvalidOperationException)
        {
            // A broken connection needs no clean-up.
        }
        await _source.DisposeAsync();
    }

    private DbCommand Command(string statement, IReadOnlyList<string> values)
    {
        var command = _connection!.CreateCommand();
        command.CommandText = statement;
        command.Transaction = _transaction;
        command.CommandTimeout = Math.Max(1, (int)Reading.Timeout.TotalSeconds);
        for (var i = 0; i < values.Count; i++)
        {
            var parameter = command.CreateParameter();
            // PostgreSQL's parameters have a position and no name.
            parameter.ParameterName = Dialect.Placeholder(i).TrimStart('$', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private async ValueTask<string?[]?> NextAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken) ? DriverParts.RowOf(reader, Dialect) : null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Drivers report a canceled statement as a failed one.
            cancellationToken.ThrowIfCancellationRequested();
            if (Dialect.Explain(exception, Reading) is { } fault)
                throw new SourceException(fault);
            throw;
        }
    }

    private TimeSpan Rest(long began)
    {
        var rest = Reading.Timeout - Stopwatch.GetElapsedTime(began);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    private Task GuardAsync(Func<Task> act, CancellationToken cancellationToken) =>
        GuardAsync(act, stop: null, Reading.Timeout, cancellationToken);

    /// <param name="act">The call.</param>
    /// <param name="stop">Stops a call that blocks. Null when it cannot be stopped.</param>
    /// <param name="timeout">The longest time of a call that blocks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    private async Task GuardAsync(Func<Task> act, Action? stop, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            if (_calls is null)
                await act();
            else
                await await _calls.RunAsync(act, stop, timeout, cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or SourceException))
        {
            // Drivers report a canceled statement as a failed one.
            cancellationToken.ThrowIfCancellationRequested();
            if (Dialect.Explain(exception, Reading) is { } fault)
                throw new SourceException(fault);
            throw;
        }
    }
}
