using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Checks that the store can be reached, is of this version and can be written. Changes nothing.</summary>
internal sealed class StoreCheck(IDbContextFactory<AppDb> stores)
{
    private const string Area = "store";

    /// <returns>The finding, and whether the rest of the store can be checked.</returns>
    public async Task<(Finding Finding, bool IsUsable)> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var name = db.GetType().Name.Replace(nameof(AppDb), "", StringComparison.Ordinal);
        try
        {
            if (!await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(cancellationToken))
                return (await MissingAsync(db, name, cancellationToken), false);
            var version = await StoreVersion.ReadAsync(db, cancellationToken);
            if (version.Unknown.Count > 0)
                return (
                    Finding.Fault(
                        Area,
                        name,
                        $"It was last used by a newer version of Klaviyo Export (it holds {version.Unknown[^1]}).",
                        "Start that version, or restore the copy made before the upgrade."
                    ),
                    false
                );
            if (version.Pending.Count > 0)
                return (
                    Finding.Warning(
                        Area,
                        name,
                        $"It is of an older version: {version.Pending.Count} migrations are missing.",
                        "Run the command migrate, or start the server."
                    ),
                    false
                );
            await WriteAsync(db, cancellationToken);
            return (Finding.Ok(Area, name, $"Reachable, writable, at {version.Last}."), true);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault) || fault is ArgumentException)
        {
            return (
                Finding.Fault(
                    Area,
                    name,
                    $"It cannot be used: {fault.InnerException?.Message ?? fault.Message}",
                    db is SqliteAppDb
                        ? "Check the owner of the file and the space on its disk, or restore a backup."
                        : $"Check {DatabaseOptions.ConnectionKey}, its password, that the server answers, and the rights of its user."
                ),
                false
            );
        }
    }

    /// <summary>A database of a server counts as missing also when it cannot be opened. Opening it says why.</summary>
    private static async Task<Finding> MissingAsync(AppDb db, string name, CancellationToken cancellationToken)
    {
        if (db is not SqliteAppDb)
            await db.Database.OpenConnectionAsync(cancellationToken);
        return Finding.Warning(Area, name, "There is no store yet.", "Start the server, or run the command migrate.");
    }

    private static async Task WriteAsync(AppDb db, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Add(new Setting { Name = $"check-{Guid.NewGuid():N}", Value = "" });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
    }
}
