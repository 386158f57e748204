using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Planning;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Applying;

/// <summary>Adds, changes and removes connections as a file says.</summary>
internal sealed class ConnectionApply(
    IDbContextFactory<AppDb> stores,
    ConnectionSetup setup,
    ConnectionService connections,
    ConnectionRemoval removal
)
{
    public async Task SaveAsync(Actor actor, DeclaredConnection wanted, ConfigurationChange change, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var people = await db.Set<AppUser>().AsNoTracking().ToListAsync(cancellationToken);
        var contributors = (wanted.Contributors ?? []).Select(name => IdOf(name, people)).ToList();
        var exportUser = wanted.ExportUser is { } user ? IdOf(user, people) : null;
        var key = wanted.Key.Env is { } variable ? SecretNames.ValueOf(variable) : null;
        int id;
        if (await FindAsync(db, wanted.Name.Text, cancellationToken) is { } stored)
        {
            id = stored.Id;
            if (change.Properties.Any(property => property.Path != "exportUser"))
                await connections.SaveAsync(actor, Changes(wanted, stored, contributors, change, key), cancellationToken);
            if (exportUser is not null)
                await setup.TakeOverAsync(actor, id, exportUser, cancellationToken);
        }
        else
        {
            id = await setup.AddAsync(
                actor,
                new ConnectionDescription
                {
                    Name = wanted.Name.Text,
                    Sharing = wanted.Sharing,
                    ChosenContributors = contributors,
                    ApiKey = key,
                    KeyFrom = wanted.Key.Place,
                    HasAgreed = wanted.DataPrivacy == ConnectionShapes.Agreement,
                    ExportUserId = exportUser,
                    MaxProfilesPerExport = wanted.MaxProfilesPerExport,
                },
                cancellationToken
            );
        }
        await SecretNames.KeepAsync(db, SecretNames.OfConnection(id), wanted.Key, cancellationToken);
    }

    /// <summary>Removes a connection that no export uses.</summary>
    public async Task RemoveAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, name, cancellationToken) is not { } stored)
            return;
        await removal.RemoveAsync(actor, stored.Id, new Dictionary<int, RemovalChoice>(), cancellationToken);
        await SecretNames.KeepAsync(db, SecretNames.OfConnection(stored.Id), null, cancellationToken);
    }

    private static ConnectionChanges Changes(
        DeclaredConnection wanted,
        Connection stored,
        List<string> contributors,
        ConfigurationChange change,
        string? key
    ) =>
        new()
        {
            Id = stored.Id,
            Name = stored.Name,
            Sharing = wanted.Sharing,
            ChosenContributors = contributors,
            MaxProfilesPerExport = wanted.MaxProfilesPerExport,
            ApiKey = stored.ApiKey is null || change.Properties.Any(property => property.Path == "key.value") ? key : null,
            KeyFrom = wanted.Key.Place == stored.KeyFrom ? null : wanted.Key.Place,
            Version = stored.Version,
        };

    private static Task<Connection?> FindAsync(AppDb db, string name, CancellationToken cancellationToken) =>
        db.Set<Connection>().AsNoTracking().SingleOrDefaultAsync(connection => connection.Name == name, cancellationToken);

    private static string IdOf(ItemName name, List<AppUser> people) => WantedConfiguration.FindPerson(name.Text, people)?.Id ?? name.Text;
}
