using System.Data.Common;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KlaviyoExport.Benchmarks.Customers;

/// <summary>Customers in a CSV file, a SQLite file or a PostgreSQL table, and the plain way to read them.</summary>
internal sealed class CustomerSource
{
    private const string Table = "customers";

    private readonly string _connection;

    private CustomerSource(SourceKind kind, string connection) => (Kind, _connection) = (kind, connection);

    public SourceKind Kind { get; }

    /// <summary>The path of a file, or the connection string of a server.</summary>
    public string Place => _connection;

    /// <param name="directory">The folder for a file.</param>
    /// <param name="server">The connection string of a database on a server.</param>
    public static CustomerSource Create(SourceKind kind, string directory, string? server) =>
        new(
            kind,
            kind switch
            {
                SourceKind.Csv => Path.Combine(directory, "customers.csv"),
                SourceKind.Sqlite => Path.Combine(directory, "customers.db"),
                _ => server ?? throw new ArgumentNullException(nameof(server)),
            }
        );

    public static CustomerSource At(SourceKind kind, string place) => new(kind, place);

    /// <summary>The source as a contributor enters it.</summary>
    public SourceDraft Draft(string name)
    {
        var draft = new SourceDraft
        {
            Name = name,
            Kind = Kind,
            KeyColumns = [CustomerSet.KeyAndEmail[0]],
            Table = Kind == SourceKind.Csv ? null : Table,
            Location = Kind == SourceKind.PostgreSql ? "" : _connection,
        };
        if (Kind == SourceKind.PostgreSql)
        {
            var server = new NpgsqlConnectionStringBuilder(_connection);
            (draft.Host, draft.Port, draft.Database) = (server.Host, server.Port, server.Database);
            (draft.User, draft.Password, draft.Tls) = (server.Username, server.Password, ServerTls.None);
            draft.Table = $"public.{Table}";
        }
        return draft;
    }

    /// <summary>Replaces the customers.</summary>
    public async Task WriteAsync(CustomerSet customers, CancellationToken cancellationToken)
    {
        switch (Kind)
        {
            case SourceKind.Csv:
                await WriteLinesAsync(customers, _connection, cancellationToken);
                break;
            case SourceKind.Sqlite:
                await WriteSqliteAsync(customers, cancellationToken);
                break;
            default:
                await WritePostgreSqlAsync(customers, cancellationToken);
                break;
        }
    }

    /// <summary>Reads the rows with the driver of the source and nothing else.</summary>
    public IEnumerable<string[]> Read() =>
        Kind switch
        {
            SourceKind.Csv => File.ReadLines(_connection).Skip(1).Select(line => line.Split(',')),
            SourceKind.Sqlite => Read(new SqliteConnection($"Data Source={_connection};Mode=ReadOnly;Pooling=False")),
            _ => Read(new NpgsqlConnection(_connection)),
        };

    private static IEnumerable<string[]> Read(DbConnection connection)
    {
        using (connection)
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {Table}";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var values = new string[reader.FieldCount];
                for (var at = 0; at < values.Length; at++)
                    values[at] = reader.IsDBNull(at) ? "" : reader.GetString(at);
                yield return values;
            }
        }
    }

    private static async Task WriteLinesAsync(CustomerSet customers, string file, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(file);
        await writer.WriteLineAsync(string.Join(',', customers.Columns).AsMemory(), cancellationToken);
        foreach (var values in customers.Values())
            await writer.WriteLineAsync(string.Join(',', values).AsMemory(), cancellationToken);
    }

    private async Task WriteSqliteAsync(CustomerSet customers, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection($"Data Source={_connection};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"DROP TABLE IF EXISTS {Table}", cancellationToken);
        await ExecuteAsync(connection, Definition(customers, "TEXT"), cancellationToken);
        await using var insert = connection.CreateCommand();
#pragma warning disable CA2100 // The names of columns are those of the benchmarks.
        insert.CommandText = $"INSERT INTO {Table} VALUES ({string.Join(',', customers.Columns.Select(column => $"${column}"))})";
#pragma warning restore CA2100
        var parameters = customers.Columns.Select(column => insert.Parameters.Add($"${column}", SqliteType.Text)).ToList();
        foreach (var values in customers.Values())
        {
            for (var at = 0; at < values.Length; at++)
                parameters[at].Value = values[at];
            insert.ExecuteNonQuery();
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task WritePostgreSqlAsync(CustomerSet customers, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"DROP TABLE IF EXISTS {Table}", cancellationToken);
        await ExecuteAsync(connection, Definition(customers, "text"), cancellationToken);
        await using (
            var writer = await connection.BeginTextImportAsync($"COPY {Table} FROM STDIN (FORMAT csv, NULL '-')", cancellationToken)
        )
        {
            foreach (var values in customers.Values())
                await writer.WriteLineAsync(string.Join(',', values).AsMemory(), cancellationToken);
        }
        await ExecuteAsync(connection, $"ANALYZE {Table}", cancellationToken);
    }

    private static string Definition(CustomerSet customers, string type) =>
        $"CREATE TABLE {Table} ({string.Join(", ", customers.Columns.Select((column, at) => $"{column} {type}{(at == 0 ? " PRIMARY KEY" : "")}"))})";

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The benchmark's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
