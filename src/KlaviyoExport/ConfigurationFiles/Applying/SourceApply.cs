using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Planning;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Applying;

/// <summary>Adds, changes and removes sources as a file says. A source that is read differently is loaded.</summary>
internal sealed class SourceApply(IDbContextFactory<AppDb> stores, SourceService sources)
{
    public async Task SaveAsync(Actor actor, DeclaredSource wanted, ConfigurationChange change, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var stored = await FindAsync(db, wanted.Name.Text, cancellationToken);
        var draft = wanted.ToDraft();
        (draft.Id, draft.Version) = (stored?.Id, stored?.Version ?? 0);
        // A password that is entered again loads the source again.
        if (SecretNames.NeedsPassword(wanted, stored) || change.Properties.Any(property => property.Path == "password.value"))
            draft.Password = wanted.Password?.Env is { } variable ? SecretNames.ValueOf(variable) : null;
        var saved = await sources.SaveAsync(actor, draft, cancellationToken);
        await SecretNames.KeepAsync(db, SecretNames.OfSource(saved.Id), wanted.Password, cancellationToken);
    }

    /// <summary>Removes a source that nothing uses.</summary>
    public async Task RemoveAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, name, cancellationToken) is not { } stored)
            return;
        await sources.RemoveAsync(actor, stored.Id, cancellationToken);
        await SecretNames.KeepAsync(db, SecretNames.OfSource(stored.Id), null, cancellationToken);
    }

    private static Task<Source?> FindAsync(AppDb db, string name, CancellationToken cancellationToken) =>
        db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Name == name, cancellationToken);
}
