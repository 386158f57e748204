using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KlaviyoExport.Data;

internal static class Saving
{
    /// <summary>
    /// Makes a change of what belongs to an entity (whom it is shared with, its segments) a change of the entity, so that the second editor
    /// is refused.
    /// </summary>
    public static void Touch(this AppDb db, IVersioned entity) => db.Entry(entity).Property(nameof(IVersioned.Version)).IsModified = true;

    /// <summary>Saves what a person asked for.</summary>
    /// <exception cref="LocalizedException">Somebody else changed or took it meanwhile (another version, a name that is now taken, a row
    /// that is gone or in use).</exception>
    public static async Task SaveAsync(this AppDb db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new ChangedMeanwhileException();
        }
        catch (DbUpdateException fault) when (IsConflict(fault.InnerException))
        {
            throw new LocalizedException(new LocalizedMessage("Data.Conflict"));
        }
    }

    /// <summary>
    /// A constraint said no (a name is taken, a row is gone or in use), or of two who waited for each other this one had to give way.
    /// </summary>
    private static bool IsConflict(Exception? fault) =>
        fault switch
        {
            SqliteException { SqliteErrorCode: 19 } => true,
            PostgresException { SqlState: var state } => state.StartsWith("23", StringComparison.Ordinal)
                || state is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
            SqlException { Number: 547 or 1205 or 2601 or 2627 } => true,
            _ => false,
        };
}
