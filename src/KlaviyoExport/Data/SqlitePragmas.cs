using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace KlaviyoExport.Data;

/// <summary>
/// Sets the options that SQLite does not keep from one connection to the next. <see cref="StoreMigration"/> sets the WAL mode, which is
/// kept in the file.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas =
        "PRAGMA busy_timeout = 15000; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; "
        // 40 MB of log and 4 MB of pages. A bulk write takes more pages, until its connection is opened again.
        + "PRAGMA wal_autocheckpoint = 10000; PRAGMA cache_size = -4096;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
        RegisterUnicodeLower(connection);
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
        RegisterUnicodeLower(connection);
    }

    private static void RegisterUnicodeLower(DbConnection connection) =>
        ((SqliteConnection)connection).CreateFunction(
            "lower",
            (string? text) => text is null ? null : CaseFolding.Of(text),
            isDeterministic: true
        );
}
