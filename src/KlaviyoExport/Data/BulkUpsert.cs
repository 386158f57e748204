using System.Collections.ObjectModel;

namespace KlaviyoExport.Data;

/// <summary>What a bulk upsert does with a property of a row that exists already.</summary>
internal enum BulkMerge
{
    /// <summary>The new value replaces the existing one, even if it is null.</summary>
    Replace,

    /// <summary>The existing value stays.</summary>
    Keep,

    /// <summary>The existing value stays. Where it is null, the new value replaces it.</summary>
    KeepUnlessNull,
}

/// <summary>Writes many rows of one entity much faster than <c>SaveChangesAsync</c>, without the change tracker.</summary>
internal static class BulkUpsert
{
    /// <summary>
    /// Inserts the rows, and updates those whose primary key exists already. Writes in the current transaction of the context. Without
    /// one, it writes all rows in a transaction of its own. After an exception, roll the transaction back.
    /// </summary>
    /// <remarks>
    /// Entities that the context tracks are not saved, changed or used, and an <see cref="IVersioned"/> version is written as it is in the
    /// row. The provider holds a call's rows in memory or in a temporary table: write a million rows in chunks of about 10,000. Each row is
    /// an object of its own, because it is compared with the row before.
    /// </remarks>
    /// <param name="db">The store.</param>
    /// <param name="rows">The rows, with their keys. No two of them have the same key. SQL Server refuses new rows of a table whose key it
    /// generates (IDENTITY).</param>
    /// <param name="merge">How to treat a property of an existing row, by the name of the property. All others are replaced. Key
    /// properties cannot be named.</param>
    /// <param name="cancellationToken">Cancels the work between rows or commands.</param>
    /// <exception cref="ArgumentException"><paramref name="merge"/> names a key, or what is no property of the entity.</exception>
    /// <exception cref="NotSupportedException">The entity is not mapped to a table of its own, or has shadow properties or properties of
    /// complex types.</exception>
    /// <exception cref="System.Data.Common.DbException">The store failed, or a constraint other than the primary key refused a
    /// row.</exception>
    public static Task UpsertAsync<T>(
        this AppDb db,
        IEnumerable<T> rows,
        IReadOnlyDictionary<string, BulkMerge> merge,
        CancellationToken cancellationToken
    )
        where T : class => WriteAsync(db, BulkTable.Of(db, typeof(T), merge), rows, cancellationToken);

    /// <summary>
    /// Inserts rows that do not exist yet, which is faster than <see cref="UpsertAsync"/>. A key that the store generates is not taken from
    /// the row. Otherwise the same.
    /// </summary>
    /// <inheritdoc cref="UpsertAsync"/>
    /// <exception cref="System.Data.Common.DbException">A row exists already, the store failed, or a constraint refused a row.</exception>
    public static Task InsertAsync<T>(this AppDb db, IEnumerable<T> rows, CancellationToken cancellationToken)
        where T : class =>
        WriteAsync(db, BulkTable.Of(db, typeof(T), ReadOnlyDictionary<string, BulkMerge>.Empty, BulkWork.Insert), rows, cancellationToken);

    /// <summary>Updates some properties of rows, found by their primary key. Passes over rows that do not exist.</summary>
    /// <param name="db">The store.</param>
    /// <param name="rows">The rows, with their keys and the new values. No two of them have the same key.</param>
    /// <param name="properties">The names of the properties to update.</param>
    /// <param name="cancellationToken">Cancels the work between rows or commands.</param>
    /// <inheritdoc cref="UpsertAsync"/>
    /// <exception cref="ArgumentException"><paramref name="properties"/> names a key, or what is no property of the entity.</exception>
    public static Task UpdateAsync<T>(
        this AppDb db,
        IEnumerable<T> rows,
        IReadOnlyCollection<string> properties,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var replaced = properties.ToDictionary(property => property, _ => BulkMerge.Replace);
        return WriteAsync(db, BulkTable.Of(db, typeof(T), replaced, BulkWork.Update, properties), rows, cancellationToken);
    }

    private static async Task WriteAsync(AppDb db, BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken)
    {
        if (rows.TryGetNonEnumeratedCount(out var count) && count == 0)
            return;
        if (db.Database.CurrentTransaction is not null)
        {
            await db.BulkUpsertAsync(table, rows, cancellationToken);
            return;
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.BulkUpsertAsync(table, rows, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
