using System.Data.Common;
using KlaviyoExport.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace KlaviyoExport.Lists;

/// <summary>Reads whom an export has delivered. It reads columns and not entities, because an export may have delivered a million people.</summary>
internal static class DeliveredReader
{
    public static async Task<DeliveredPeople> ReadAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        var people = new DeliveredPeople();
        // Whom the export does not hold is read without a fingerprint.
        var rows = db.Set<Membership>()
            .Where(row => row.ExportId == exportId && row.State != MembershipState.RemovedByHand)
            .Select(row => new { row.EmailHash, Fingerprint = row.State == MembershipState.Held ? row.Fingerprint : null });
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = rows.CreateDbCommand();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            people.Add(HashOf(reader, 0), reader.IsDBNull(1) ? default : HashOf(reader, 1));
        return people;
    }

    // The driver of SQLite copies each value several times. The handle shows it in place.
    private static Hash16 HashOf(DbDataReader reader, int column) =>
        Hash16.Take(
            reader is SqliteDataReader { Handle: { } statement }
                ? raw.sqlite3_column_blob(statement, column)
                : reader.GetFieldValue<byte[]>(column)
        );
}
