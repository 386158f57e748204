using System.Data.Common;
using System.Runtime.CompilerServices;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// An open, read-only connection to a database server. All errors of the server are thrown as <see cref="SourceException"/>.
/// </summary>
internal sealed class ServerSession : IAsyncDisposable
{
    private readonly DbDataSource _source;
    private DbConnection? _connection;
    private DbTransaction? _transaction;

    private ServerSession(ServerDialect dialect, DbDataSource source, ServerReading reading) =>
        (Dialect, _source, Reading) = (dialect, source, reading);

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
            when (session._connection is null && exception.Fault.Kind is SourceFaultKind.Unreachable or SourceFaultKind.TimedOut)
        {
            await session.DisposeAsync();
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
    public async IAsyncEnumerable<string?[]> ReadAsync(
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
                Stop(command);
        }
    }

    /// <summary>Returns the names of the columns of a statement, and their types as the dialect names them.</summary>
    public async Task<IReadOnlyList<(string Name, string Type)>> DescribeAsync(
        string statement,
        IReadOnlyList<string> values,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(statement, values);
        IReadOnlyList<(string, string)> columns = [];
        await GuardAsync(
            async () =>
            {
                if (Dialect.IsPrepared)
                    await command.PrepareAsync(cancellationToken);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                columns = [.. Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), Dialect.TypeOf(reader, i)))];
            },
            cancellationToken
        );
        return columns;
    }

    public async ValueTask DisposeAsync()
    {
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
            if (!await reader.ReadAsync(cancellationToken))
                return null;
            var row = new string?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = Dialect.Text(reader, i);
            return row;
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

    private async Task GuardAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act();
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

    private static void Stop(DbCommand command)
    {
        try
        {
            command.Cancel();
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException)
        {
            // It has already ended.
        }
    }
}
