using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// Manages the connections of administrators and lists those that contributors may use. New connections are created by <see
/// cref="ConnectionDrafts"/>.
/// </summary>
public sealed class ConnectionService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly KeyRotation _rotation;
    private readonly ExportUsers _exportUsers;
    private readonly DraftReader _drafts;
    private readonly Audit _audit;

    internal ConnectionService(
        IDbContextFactory<AppDb> stores,
        KeyRotation rotation,
        ExportUsers exportUsers,
        DraftReader drafts,
        Audit audit
    ) => (_stores, _rotation, _exportUsers, _drafts, _audit) = (stores, rotation, exportUsers, drafts, audit);

    /// <summary>Returns the connections on which the actor may build an export.</summary>
    public async Task<IReadOnlyList<UsableConnection>> ListUsableAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var connections = await db.Set<Connection>()
            .AsNoTracking()
            .Include(connection => connection.Shares)
            .OrderBy(connection => connection.Name)
            .ToListAsync(cancellationToken);
        return
        [
            .. connections
                .Where(connection => EditExports.Rule.Allows(actor, connection.IsSharedWith(actor.Id)))
                .Select(connection => new UsableConnection(connection.Id, connection.Name, connection.MaxProfilesPerExport)),
        ];
    }

    /// <summary>Returns the people with whom a connection can be shared individually.</summary>
    public async Task<IReadOnlyList<Contributor>> ContributorsAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<AppUser>()
            .Contributors()
            .OrderBy(user => user.DisplayName)
            .Select(user => new Contributor(user.Id, user.DisplayName))
            .ToListAsync(cancellationToken);
    }

    /// <exception cref="LocalizedException">The connection does not exist.</exception>
    public async Task<ConnectionDetails> GetAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var found = await FindAsync(db, id, cancellationToken);
        var people = await db.Set<AppUser>().AsNoTracking().ToListAsync(cancellationToken);
        var problem = await db.Set<KlaviyoSignIn>()
            .Where(signIn => signIn.ConnectionId == id && signIn.EndedAt != null)
            .OrderByDescending(signIn => signIn.Id)
            .Select(signIn => signIn.Problem)
            .FirstOrDefaultAsync(cancellationToken);
        return new ConnectionDetails(
            found.Id,
            found.Name,
            found.Sharing,
            [.. SharedWith(found, people).Select(user => user.Id)],
            found.AccountName,
            found.AccountId,
            found.IsTestAccount,
            found.TimeZone,
            found.ApiKeyEnding,
            found.KeyFrom,
            _drafts.OAuthConfigured,
            found.GrantedAt,
            found.GrantedBy,
            problem,
            ExportUserOf(found, people),
            found.ConsentBy,
            found.ConsentAt,
            found.CreatedAt,
            found.CreatedBy,
            found.LastSuccessAt,
            found.LastError,
            found.Version
        )
        {
            IsPractice = found.IsPractice,
            MaxProfilesPerExport = found.MaxProfilesPerExport,
            Consent = found.Consent,
        };
    }

    /// <summary>Finds out the account of a key and the scopes it lacks.</summary>
    /// <exception cref="LocalizedException">The key is not valid, or Klaviyo cannot be reached.</exception>
    public Task<AccountCheck> CheckKeyAsync(Actor actor, string apiKey, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        return _rotation.CheckAsync(apiKey, cancellationToken);
    }

    /// <summary>
    /// Saves the name, the sharing, the maximum number of profiles and optionally a new key. The new key must belong to the same account and is checked first.
    /// </summary>
    /// <exception cref="LocalizedException">Something is missing or taken, or someone else changed the connection in the meantime.
    /// Nothing was saved.</exception>
    public async Task SaveAsync(Actor actor, ConnectionChanges changes, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        var name = ConnectionNames.Clean(changes.Name);
        if (changes.MaxProfilesPerExport is < 1 or > KlaviyoOptions.MostProfilesPerExport)
            throw new LocalizedException(new LocalizedMessage("Connections.MaxProfilesWrong", 1, KlaviyoOptions.MostProfilesPerExport));
        var found = await _rotation.FindOutAsync(changes, cancellationToken);

        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var connection = await FindAsync(db, changes.Id, cancellationToken);
        if (connection.Version != changes.Version)
            throw new ChangedMeanwhileException();
        await ConnectionNames.DemandFreeAsync(db, name, connection.Id, cancellationToken);
        var chosen = await Contributors.ChosenAsync(db, changes.Sharing, changes.ChosenContributors, cancellationToken);
        var before = await ConnectionFacts.ReadAsync(db, connection, cancellationToken);
        if (found is not null)
            await _rotation.TakeAsync(db, connection, found, cancellationToken);
        connection.Name = name;
        connection.Sharing = changes.Sharing;
        connection.MaxProfilesPerExport = changes.MaxProfilesPerExport;
        connection.Shares.Clear();
        connection.Shares.AddRange(chosen.Select(userId => new ConnectionShare { UserId = userId }));
        db.Touch(connection);
        var now = await ConnectionFacts.ReadAsync(db, connection, cancellationToken);
        if (before.LimitTo(now) is { } limit)
            _audit.Add(db, actor, "Connections.LimitChanged", name, connection.Id, limit);
        _audit.Add(db, actor, "Connections.Changed", name, connection.Id, before.ChangesTo(now));
        if (found is not null)
            _audit.Add(db, actor, "Connections.KeyChanged", name, connection.Id, before.KeyTo(now));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Makes the actor the export user, in whose name the exports of the connection run.</summary>
    /// <exception cref="LocalizedException">The sign-in belongs to another person or is older than <see cref="FreshSignIn.Lifetime"/>, or
    /// the connection does not exist.</exception>
    public async Task TakeOverAsync(Actor actor, int id, FreshSignIn proof, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        _exportUsers.Demand(actor, proof);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var connection = await FindAsync(db, id, cancellationToken);
        var person = await ExportUsers.AdministratorAsync(db, actor.Id, cancellationToken);
        var previous = connection.ExportUserName;
        (connection.ExportUserId, connection.ExportUserName, connection.ExportUserAt) = (person.Id, person.DisplayName, proof.At);
        if (connection.LacksExportUser)
            (connection.LastError, connection.LacksExportUser) = (null, false);
        _audit.Add(
            db,
            actor,
            "Connections.TakenOver",
            connection.Name,
            id,
            new AuditChanges().Add("ExportUser", previous, person.DisplayName).ToMessage()
        );
        await db.SaveAsync(cancellationToken);
    }

    /// <exception cref="LocalizedException">The connection does not exist.</exception>
    internal static async Task<Connection> FindAsync(AppDb db, int id, CancellationToken cancellationToken) =>
        await db.Set<Connection>()
            .Include(connection => connection.Shares)
            .SingleOrDefaultAsync(connection => connection.Id == id, cancellationToken)
        ?? throw new ConnectionGoneException();

    internal static IEnumerable<AppUser> SharedWith(Connection connection, IEnumerable<AppUser> people) =>
        people.Where(user => user.Role.IsContributor() && connection.Shares.Exists(share => share.UserId == user.Id));

    internal static ExportUserView? ExportUserOf(Connection connection, IEnumerable<AppUser> people) =>
        connection.ExportUserId is null
            ? null
            : new(
                connection.ExportUserName ?? "",
                connection.ExportUserAt ?? connection.CreatedAt,
                people.Any(user => user.Id == connection.ExportUserId && user.Role.IsAdministrator())
            );
}
