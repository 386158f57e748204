using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Sources;

/// <summary>
/// Adds a source of twelve fictional customers with the faults of real data, so that people can try the product before they have a file at
/// hand. The file becomes an ordinary upload. An installation has at most one.
/// </summary>
public sealed class SampleSource(IDbContextFactory<AppDb> stores, SourceService sources, SourceUploads uploads)
{
    private const string File = "customers.csv";

    /// <summary>Returns whether the actor can add it: there is none yet.</summary>
    public async Task<bool> CanAddAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!ManageSources.Rule.Allows(actor))
            return false;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return !await db.Set<Source>().AnyAsync(source => source.IsSample, cancellationToken);
    }

    /// <summary>Uploads and loads the customers.</summary>
    /// <param name="actor">The administrator who adds them.</param>
    /// <param name="name">The name of the source in the language of the actor.</param>
    /// <param name="cancellationToken">Cancels the operation. Nothing is kept.</param>
    /// <returns>The ID of the source, also when it was there already.</returns>
    /// <exception cref="LocalizedException">Another source has the name, or the file cannot be stored.</exception>
    public async Task<int> AddAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await using (var db = await stores.CreateDbContextAsync(cancellationToken))
        {
            var present = await db.Set<Source>()
                .Where(source => source.IsSample)
                .OrderBy(source => source.Id)
                .Select(source => (int?)source.Id)
                .FirstOrDefaultAsync(cancellationToken);
            if (present is { } id)
                return id;
        }
        await using var content = typeof(SampleSource).Assembly.GetManifestResourceStream("SampleCustomers.csv")!;
        var saved = await sources.SaveAsync(
            actor,
            new SourceDraft
            {
                Name = name,
                Kind = SourceKind.Csv,
                Location = await uploads.SaveAsync(actor, content, File, cancellationToken),
                KeyColumns = ["customer_id"],
                IsSample = true,
            },
            cancellationToken
        );
        return saved.Id;
    }
}
