using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

internal static class Saving
{
    /// <summary>Makes a change of what belongs to an entity (whom it is shared with, its segments) a change of the entity, so that the second editor is refused.</summary>
    public static void Touch(this AppDb db, IVersioned entity) => db.Entry(entity).Property(nameof(IVersioned.Version)).IsModified = true;

    /// <summary>Saves what a person asked for.</summary>
    /// <exception cref="NoticeException">Somebody else changed or took it meanwhile (another version, a name that is now taken, a row that is gone or in use).</exception>
    public static async Task SaveAsync(this AppDb db, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new NoticeException(new Notice("Data.ChangedMeanwhile"));
        }
        catch (DbUpdateException fault) when (fault.InnerException is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 19 })
        {
            throw new NoticeException(new Notice("Data.Conflict"));
        }
    }
}
