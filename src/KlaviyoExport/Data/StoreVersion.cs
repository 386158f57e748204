using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>The migrations that separate a store from this version of the product.</summary>
/// <param name="Pending">Migrations that the store still needs. Not empty when the store is older, or new.</param>
/// <param name="Unknown">Migrations that only a newer version knows.</param>
/// <param name="Last">The last migration of the store. Null when it has none.</param>
public sealed record StoreVersion(IReadOnlyList<string> Pending, IReadOnlyList<string> Unknown, string? Last)
{
    /// <summary>Whether this version of the product can use the store as it is.</summary>
    public bool IsCurrent => Pending.Count == 0 && Unknown.Count == 0;

    /// <summary>Reads the version of a store, without changing the store.</summary>
    /// <exception cref="System.Data.Common.DbException">The store does not exist or cannot be read.</exception>
    public static async Task<StoreVersion> ReadAsync(AppDb db, CancellationToken cancellationToken)
    {
        var known = db.Database.GetMigrations().ToList();
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        return new StoreVersion([.. known.Except(applied)], [.. applied.Except(known)], applied.LastOrDefault());
    }

    /// <summary>Demands that this version of the product can use the store as it is.</summary>
    /// <exception cref="StoreFaultException">The store is older or newer. The message says what to do.</exception>
    public void DemandCurrent()
    {
        if (Unknown.Count > 0)
            throw new StoreFaultException(
                $"The store was last used by a newer version of Klaviyo Export (it holds {Unknown[^1]}). Use that version."
            );
        if (Pending.Count > 0)
            throw new StoreFaultException(
                $"The store is of an older version of Klaviyo Export ({Pending.Count} migrations are missing). Run the command migrate."
            );
    }
}
