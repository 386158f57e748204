using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// Adds the connection to the practice Klaviyo of this server, without a key, a sign-in or an agreement: nothing that is sent over it leaves
/// the machine. An installation has at most one.
/// </summary>
public sealed class PracticeConnections
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly IPracticeKlaviyo _practice;
    private readonly KeyCheck _check;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal PracticeConnections(
        IDbContextFactory<AppDb> stores,
        IPracticeKlaviyo practice,
        KeyCheck check,
        Audit audit,
        TimeProvider clock
    ) => (_stores, _practice, _check, _audit, _clock) = (stores, practice, check, audit, clock);

    /// <summary>Returns whether the connection can be added: the installation has a practice Klaviyo, and no connection to it.</summary>
    public async Task<bool> CanAddAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!_practice.IsOffered || !ManageConnections.Rule.Allows(actor))
            return false;
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return !await db.Set<Connection>().AnyAsync(connection => connection.IsPractice, cancellationToken);
    }

    /// <summary>
    /// Adds the connection, shared with all contributors, and makes the actor its export user. Starts the practice Klaviyo.
    /// </summary>
    /// <param name="actor">The administrator who adds it.</param>
    /// <param name="name">The name of the connection in the language of the actor. A number is added if it is taken.</param>
    /// <param name="cancellationToken">Cancels the operation. Nothing is saved.</param>
    /// <returns>The ID of the connection, also when it was there already.</returns>
    /// <exception cref="LocalizedException">The practice Klaviyo cannot be started, or the actor is no person. Nothing was saved.</exception>
    public async Task<int> AddAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        var account = await _check.CheckAsync(KlaviyoCredential.ForPractice(_practice, quota: "practice"), cancellationToken);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        if (
            await db.Set<Connection>()
                .Where(connection => connection.IsPractice)
                .OrderBy(connection => connection.Id)
                .Select(connection => (int?)connection.Id)
                .FirstOrDefaultAsync(cancellationToken) is
            { } present
        )
            return present;
        var person = await ExportUsers.AdministratorAsync(db, actor.Id, cancellationToken);
        var now = _clock.GetUtcNow();
        var connection = new Connection
        {
            Name = await ConnectionNames.FreeAsync(db, name, cancellationToken),
            IsPractice = true,
            Sharing = Sharing.AllContributors,
            AccountId = account.AccountId,
            AccountName = account.Name,
            IsTestAccount = true,
            TimeZone = account.TimeZone,
            ApiKeyEnding = "",
            ExportUserId = person.Id,
            ExportUserName = person.DisplayName,
            ExportUserAt = now,
            ConsentBy = person.DisplayName,
            ConsentAt = now,
            CreatedAt = now,
            CreatedBy = person.DisplayName,
            LastSuccessAt = now,
        };
        db.Set<Connection>().Add(connection);
        await db.SaveAsync(cancellationToken);
        _audit.Add(db, actor, "Connections.Added", connection.Name, connection.Id, new LocalizedMessage("Connections.OfPractice"));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return connection.Id;
    }

    /// <summary>Deletes what the practice Klaviyo has received, after its connection was removed.</summary>
    internal Task EraseAsync(CancellationToken cancellationToken) => _practice.EraseAsync(cancellationToken);

    internal KlaviyoCredential CredentialOf(string accountId) => KlaviyoCredential.ForPractice(_practice, accountId);
}
