using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KlaviyoExport.Data;

/// <summary>Saves changes and reports conflicts.</summary>
internal static class Saving
{
    /// <summary>
    /// Marks the entity as changed when only its related rows change (for example the people it is shared with, or its segments). The
    /// change of another person who edits the entity at the same time is then rejected.
    /// </summary>
    public static void Touch(this AppDb db, IVersioned entity) => db.Entry(entity).Property(nameof(IVersioned.Version)).IsModified = true;

    /// <summary>Saves a change that a person requested.</summary>
    /// <exception cref="ChangedMeanwhileException">Another person changed the same item.</exception>
    /// <exception cref="LocalizedException">The change conflicts with another one: a name is taken, a row is gone or in use, or the
    /// database ended the transaction to resolve a deadlock.</exception>
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
    /// Whether a constraint rejected the change (a name is taken, a row is gone or in use), or the database ended this transaction to
    /// resolve a deadlock or a serialization failure.
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
