using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>
/// The migration lock of a SQLite file. EF Core stores its own lock as a row, which remains when the process is killed and would block
/// every later start. The operating system releases a file lock when its process ends. The process that holds the file lock can therefore
/// delete a remaining row.
/// </summary>
internal static class SqliteMigrationLock
{
    private const int Tries = 600;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the lock. Waits for at most a minute.</summary>
    /// <returns>The lock. Dispose it to release the lock.</returns>
    /// <exception cref="StoreFaultException">Another process holds the lock for longer than a minute.</exception>
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
                    $"Another process is migrating the store ({path} is locked). Wait until it has ended, or stop it.",
                    fault
                );
            }
        }
    }
}
