using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>
/// The turn to bring a SQLite file up to date. EF notes its own lock as a row, which stays when the process is killed and would keep every
/// later start waiting for ever; a lock of the operating system ends with its process, and whoever holds it knows that such a row is
/// nobody's.
/// </summary>
internal static class SqliteMigrationTurn
{
    private const int Tries = 600;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <returns>Held until it is disposed.</returns>
    /// <exception cref="StoreFaultException">Another process has held it for a minute.</exception>
    public static async Task<FileStream> TakeAsync(SqliteAppDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var file = db.Database.GetDbConnection().DataSource;
        var turn = await LockAsync(file + ".migrating", clock, cancellationToken);
        if (File.Exists(file))
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        return turn;
    }

    private static async Task<FileStream> LockAsync(string path, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < Tries)
            {
                await Task.Delay(Look, clock, cancellationToken);
            }
            catch (IOException fault)
            {
                throw new StoreFaultException(
                    $"Another process is bringing the store up to date ({path} is locked). Wait until it has ended, or end it.",
                    fault
                );
            }
        }
    }
}
