using System.Data.Common;
using System.Runtime.CompilerServices;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// An open connection to a database server that only reads. Whatever the server does wrong comes as a <see cref="SourceException"/>.
/// </summary>
internal sealed class ServerSession : IAsyncDisposable
{
    private readonly DbDataSource _source;
    private DbConnection? _connection;
    private DbTransaction? _transaction;

    private ServerSession(ServerDialect dialect, DbDataSource source, ServerReading reading) =>
        (Dialect, _source, Reading) = (dialect, source, reading);

    public ServerDialect Dialect { get; }

    /// <summary>What is being read, as errors name it.</summary>
    public ServerReading Reading { get; set; }

    /// <exception cref="SourceException">It cannot be reached, or does not let the user in; the message says why.</exception>
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
                async () => session._transaction = await dialect.BeginAsync(session._connection!, reading.Timeout, cancellationToken),
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

    /// <summary>The rows of a statement, one at a time, as they come; the next is not asked for before this one is taken.</summary>
    public async IAsyncEnumerable<string?[]> ReadAsync(
        string statement,
        IReadOnlyList<string> values,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Command(statement, values);
        DbDataReader? opened = null;
        await GuardAsync(async () => opened = await command.ExecuteReaderAsync(Dialect.Reading, cancellationToken), cancellationToken);
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
            // Closing the reader would otherwise take in all that was not wanted.
            if (!ended)
                Stop(command);
        }
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
            // A connection that broke has nothing left to end.
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
            // PostgreSQL's have a place and no name.
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
            // Drivers report a statement that was cancelled as one that failed.
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
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Drivers report a statement that was cancelled as one that failed.
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
            // It has ended by itself.
        }
    }
}
