using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>
/// Lets the statements of a connection read tables and call functions, and nothing else: no other files, no settings, no changes.
/// </summary>
internal static class ReadingOnly
{
    private static readonly strdelegate_authorizer Decide = (_, action, subject, detail, _, _) =>
        action switch
        {
            raw.SQLITE_SELECT or raw.SQLITE_READ or Recursive => raw.SQLITE_OK,
            raw.SQLITE_FUNCTION when !"load_extension".Equals(detail, StringComparison.OrdinalIgnoreCase) => raw.SQLITE_OK,
            // A query is always part of a SELECT, so it cannot do this itself.
            raw.SQLITE_TRANSACTION when subject is "BEGIN" => raw.SQLITE_OK,
            // SqliteSchema reads the structure of the database with these.
            raw.SQLITE_PRAGMA when subject is "table_list" or "table_xinfo" => raw.SQLITE_OK,
            _ => raw.SQLITE_DENY,
        };

    // SQLITE_RECURSIVE: a query WITH RECURSIVE.
    private const int Recursive = 33;

    public static void Demand(SqliteConnection connection) => raw.sqlite3_set_authorizer(connection.Handle!, Decide, null);
}
