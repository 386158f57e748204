using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// The last step of the wizard: validates the draft again and makes it a connection. If something is missing, the draft is unchanged.
/// </summary>
internal sealed class DraftSaving(
    IDbContextFactory<AppDb> stores,
    DraftReader reader,
    ConnectionKeys keys,
    KeyCheck check,
    Audit audit,
    TimeProvider clock
)
{
    private static readonly TimeSpan CheckLasts = TimeSpan.FromHours(1);

    public async Task<int> SaveAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        var seen = await reader.FindAsync(actor, id, cancellationToken);
        DemandComplete(await reader.GetAsync(actor, id, cancellationToken));
        var key = await keys.ReadAsync(seen, cancellationToken);
        var account = await CheckAsync(seen, key, cancellationToken);

        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await keys.DemandUnusedAsync(db, key, account.AccountId, of: null, readElsewhere: true, cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var draft = await DraftReader.FindAsync(db, actor, id, cancellationToken);
        if (draft.Version != seen.Version)
            throw new ChangedMeanwhileException();
        await ConnectionNames.DemandFreeAsync(db, draft.Name, of: null, cancellationToken);
        await keys.DemandUnusedAsync(db, key, account.AccountId, of: null, readElsewhere: false, cancellationToken);
        var shares = await Contributors.ChosenAsync(db, draft.Sharing, draft.ChosenContributors, cancellationToken);
        var connection = Made(draft, account, await ExportUsers.AdministratorAsync(db, actor.Id, cancellationToken));
        connection.Shares.AddRange(shares.Select(userId => new ConnectionShare { UserId = userId }));
        db.Set<Connection>().Add(connection);
        db.Set<ConnectionDraft>().Remove(draft);
        await db.SaveAsync(cancellationToken);
        audit.Add(
            db,
            actor,
            "Connections.Added",
            connection.Name,
            connection.Id,
            new LocalizedMessage("Connections.OfAccount", connection.AccountId)
        );
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return connection.Id;
    }

    private static void DemandComplete(DraftView draft)
    {
        if (draft.Missing is [])
            return;
        var steps = draft
            .Missing.Select(step => new LocalizedMessage($"Connections.Step{step}"))
            .Aggregate((before, next) => new LocalizedMessage("Connections.Listed", before, next));
        throw new LocalizedException(new LocalizedMessage("Connections.NotReady", steps));
    }

    /// <summary>Returns the result of Connect, or checks the key again when that result is old.</summary>
    private async Task<AccountCheck> CheckAsync(ConnectionDraft draft, string key, CancellationToken cancellationToken)
    {
        var kept = draft.Check!;
        if (clock.GetUtcNow() - kept.At < CheckLasts)
            return kept;
        var now = await check.CheckCompleteAsync(key, cancellationToken);
        return now.AccountId == kept.AccountId
            ? now
            : throw new LocalizedException(new LocalizedMessage("Connections.OtherAccount", now.Name, kept.Name));
    }

    private Connection Made(ConnectionDraft draft, AccountCheck account, AppUser owner) =>
        new()
        {
            Name = draft.Name,
            Sharing = draft.Sharing,
            AccountId = account.AccountId,
            AccountName = account.Name,
            IsTestAccount = account.IsTestAccount,
            TimeZone = account.TimeZone,
            ApiKey = draft.ApiKey,
            ApiKeyEnding = draft.ApiKeyEnding ?? "",
            KeyFrom = draft.KeyFrom,
            Grant = draft.Grant,
            GrantedAt = draft.Grant is null ? null : draft.AuthenticatedAt,
            GrantedBy = draft.Grant is null ? null : owner.DisplayName,
            ExportUserId = owner.Id,
            ExportUserName = owner.DisplayName,
            ExportUserAt = draft.ExportUserAt,
            ConsentBy = owner.DisplayName,
            ConsentAt = draft.AgreedAt!.Value,
            Consent = draft.Agreement,
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = owner.DisplayName,
            LastSuccessAt = account.At,
        };
}
