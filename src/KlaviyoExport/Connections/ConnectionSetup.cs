using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// Adds a connection in one step, for configuration files. It makes the same checks as the wizard. The account is confirmed with its key;
/// a person can sign in to Klaviyo later. Whoever applies the file agrees and becomes the export user: nobody can do so for another person,
/// except the product itself, which acts for those who can read its data directory anyway.
/// </summary>
internal sealed class ConnectionSetup(IDbContextFactory<AppDb> stores, ConnectionKeys keys, KeyCheck check, Audit audit, TimeProvider clock)
{
    /// <returns>The ID of the connection.</returns>
    /// <exception cref="LocalizedException">Something is missing, taken or not valid, or Klaviyo refused the key or cannot be reached.
    /// Nothing was saved.</exception>
    public async Task<int> AddAsync(Actor actor, ConnectionDescription description, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        var name = ConnectionNames.Clean(description.Name);
        if (!description.HasAgreed)
            throw new LocalizedException(new LocalizedMessage("Connections.ConsentNeeded"));
        if (description.MaxProfilesPerExport is < 1 or > KlaviyoOptions.MostProfilesPerExport)
            throw new LocalizedException(new LocalizedMessage("Connections.MaxProfilesWrong", 1, KlaviyoOptions.MostProfilesPerExport));
        var place = description.KeyFrom is { } named ? keys.Checked(named.Kind, named.Name) : null;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await ConnectionNames.DemandFreeAsync(db, name, of: null, cancellationToken);
        var owner = await OwnerAsync(db, actor, description.ExportUserId, cancellationToken);
        var key = place is null ? ConnectionKeys.Clean(description.ApiKey) : await keys.ReadAsync(place, cancellationToken);
        var account = await check.CheckCompleteAsync(key, cancellationToken);
        await keys.DemandUnusedAsync(db, key, account.AccountId, of: null, readElsewhere: true, cancellationToken);

        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        await ConnectionNames.DemandFreeAsync(db, name, of: null, cancellationToken);
        await keys.DemandUnusedAsync(db, key, account.AccountId, of: null, readElsewhere: false, cancellationToken);
        var shares = await Contributors.ChosenAsync(db, description.Sharing, description.ChosenContributors, cancellationToken);
        var now = clock.GetUtcNow();
        // The words "I agree" in a file are English, as is its description.
        var consent = PrivacyText.In(CultureInfo.GetCultureInfo("en"));
        var connection = new Connection
        {
            Name = name,
            Sharing = description.Sharing,
            Shares = [.. shares.Select(userId => new ConnectionShare { UserId = userId })],
            AccountId = account.AccountId,
            AccountName = account.Name,
            IsTestAccount = account.IsTestAccount,
            TimeZone = account.TimeZone,
            ApiKey = place is null ? keys.Protect(key) : null,
            ApiKeyEnding = place is null ? ConnectionKeys.EndingOf(key) : "",
            KeyFrom = place,
            ExportUserId = owner.Id,
            ExportUserName = owner.DisplayName,
            ExportUserAt = now,
            ConsentBy = owner.DisplayName,
            ConsentAt = now,
            Consent = consent,
            CreatedAt = now,
            CreatedBy = actor.Name,
            MaxProfilesPerExport = description.MaxProfilesPerExport,
            LastSuccessAt = account.At,
        };
        db.Set<Connection>().Add(connection);
        await db.SaveAsync(cancellationToken);
        audit.Add(db, actor, "Connections.Agreed", name, connection.Id, consent.ToMessage());
        audit.Add(db, actor, "Connections.Added", name, connection.Id, new LocalizedMessage("Connections.ByFile", account.AccountId));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return connection.Id;
    }

    /// <summary>Makes an administrator the export user of a connection.</summary>
    /// <exception cref="LocalizedException">The actor may not decide this for the person, or the person is no administrator.</exception>
    public async Task TakeOverAsync(Actor actor, int id, string userId, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var connection = await ConnectionService.FindAsync(db, id, cancellationToken);
        var person = await OwnerAsync(db, actor, userId, cancellationToken);
        var previous = connection.ExportUserName;
        (connection.ExportUserId, connection.ExportUserName, connection.ExportUserAt) = (person.Id, person.DisplayName, clock.GetUtcNow());
        if (connection.LacksExportUser)
            (connection.LastError, connection.LacksExportUser) = (null, false);
        audit.Add(
            db,
            actor,
            "Connections.TakenOver",
            connection.Name,
            id,
            new AuditChanges()
                .Add("ExportUser", previous, person.DisplayName)
                .Say(new LocalizedMessage("Connections.ByFile", connection.AccountId))
                .ToMessage()
        );
        await db.SaveAsync(cancellationToken);
    }

    /// <summary>
    /// Returns the administrator who becomes the export user. The product itself needs a name, unless there is only one administrator.
    /// </summary>
    private static async Task<AppUser> OwnerAsync(AppDb db, Actor actor, string? userId, CancellationToken cancellationToken)
    {
        if (actor.Id != Actor.System.Id)
            return userId is null || userId == actor.Id
                ? await ExportUsers.AdministratorAsync(db, actor.Id, cancellationToken)
                : throw new LocalizedException(new LocalizedMessage("Connections.OwnExportUserOnly"));
        if (userId is not null)
            return await ExportUsers.AdministratorAsync(db, userId, cancellationToken);
        var administrators = await db.Set<AppUser>()
            .AsNoTracking()
            .Administrators()
            .Where(user => !user.IsServiceAccount)
            .Take(2)
            .ToListAsync(cancellationToken);
        return administrators is [var only] ? only : throw new LocalizedException(new LocalizedMessage("Connections.NameExportUser"));
    }
}
