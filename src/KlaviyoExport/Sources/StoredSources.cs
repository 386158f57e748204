using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Sources;

/// <summary>Finds and saves sources, with messages for what other people have changed in the meantime.</summary>
internal static class StoredSources
{
    /// <exception cref="GoneException">The source was removed.</exception>
    public static async Task<Source> GetAsync(this IQueryable<Source> sources, int id, CancellationToken cancellationToken) =>
        await sources.SingleOrDefaultAsync(source => source.Id == id, cancellationToken)
        ?? throw new GoneException(new LocalizedMessage("Sources.Gone"));

    /// <exception cref="SourceException">Another person has changed the source, or has used its name.</exception>
    public static async Task SaveSourceAsync(this AppDb db, string name, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new SourceException(new LocalizedMessage("Sources.ChangedMeanwhile"));
        }
        catch (DbUpdateException)
        {
            // Another person has used the name since it was checked.
            if (await db.Set<Source>().AnyAsync(other => other.Name == name, cancellationToken))
                throw new SourceException(new LocalizedMessage("Sources.NameTaken", name));
            throw;
        }
    }
}
