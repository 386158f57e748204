using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// The steps of the wizard. Each is stored when it is completed. All calls are for administrators, and only for the owner of the draft;
/// for anyone else the draft does not exist.
/// </summary>
public sealed class ConnectionDrafts
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly ConnectionKeys _keys;
    private readonly KeyCheck _check;
    private readonly ExportUsers _exportUsers;
    private readonly DraftReader _reader;
    private readonly DraftSaving _saving;
    private readonly ConnectionCredentials _credentials;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal ConnectionDrafts(
        IDbContextFactory<AppDb> stores,
        ConnectionKeys keys,
        KeyCheck check,
        ExportUsers exportUsers,
        DraftReader reader,
        DraftSaving saving,
        ConnectionCredentials credentials,
        Audit audit,
        TimeProvider clock
    ) =>
        (_stores, _keys, _check, _exportUsers, _reader, _saving, _credentials, _audit, _clock) = (
            stores,
            keys,
            check,
            exportUsers,
            reader,
            saving,
            credentials,
            audit,
            clock
        );

    /// <summary>How long after its last change a draft is deleted.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(1);

    /// <returns>The ID of a new draft.</returns>
    public async Task<int> StartAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        var draft = new ConnectionDraft
        {
            OwnerId = actor.Id,
            StartedAt = now,
            ChangedAt = now,
        };
        db.Set<ConnectionDraft>().Add(draft);
        await db.SaveAsync(cancellationToken);
        return draft.Id;
    }

    /// <exception cref="LocalizedException">The actor has no such draft.</exception>
    public Task<DraftView> GetAsync(Actor actor, int id, CancellationToken cancellationToken) =>
        _reader.GetAsync(actor, id, cancellationToken);

    /// <summary>Returns the drafts of the actor, the most recently changed first.</summary>
    public Task<IReadOnlyList<DraftRow>> MineAsync(Actor actor, CancellationToken cancellationToken) =>
        _reader.MineAsync(actor, cancellationToken);

    /// <exception cref="LocalizedException">The name is empty, too long or taken. The old name is kept.</exception>
    public Task SetNameAsync(Actor actor, int id, string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            async (db, draft) =>
            {
                var clean = ConnectionNames.Clean(name);
                await ConnectionNames.DemandFreeAsync(db, clean, of: null, cancellationToken);
                draft.Name = clean;
            },
            cancellationToken
        );

    /// <param name="contributors">The user IDs. Used only when the sharing is ChosenContributors.</param>
    /// <exception cref="LocalizedException">No contributor was chosen, or a chosen person is not a contributor. The old choice is
    /// kept.</exception>
    public Task ShareAsync(Actor actor, int id, Sharing sharing, IReadOnlyList<string> contributors, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            async (db, draft) =>
            {
                var chosen = await Contributors.ChosenAsync(db, sharing, contributors, cancellationToken);
                (draft.Sharing, draft.ChosenContributors) = (sharing, chosen);
            },
            cancellationToken
        );

    /// <summary>Stores the key, encrypted, and deletes the results of another key. It does not call Klaviyo.</summary>
    /// <exception cref="LocalizedException">The text is not a key. The old key is kept.</exception>
    public Task SetKeyAsync(Actor actor, int id, string apiKey, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            (_, draft) =>
            {
                var key = ConnectionKeys.Clean(apiKey);
                draft.TakeKey(_keys.Protect(key), ConnectionKeys.EndingOf(key), from: null);
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>Stores from which place the key is read, and deletes the results of another key. Nothing is read.</summary>
    /// <param name="actor">The owner of the draft.</param>
    /// <param name="id">The draft.</param>
    /// <param name="kind">The kind of place.</param>
    /// <param name="name">The name of the Key Vault secret or variable, or the full path of the file.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="LocalizedException">The text cannot be the name of such a place, or this installation may not read it. The old
    /// key is kept.</exception>
    public Task UseSecretAsync(Actor actor, int id, SecretPlaceKind kind, string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            (_, draft) =>
            {
                draft.TakeKey(apiKey: null, ending: null, _keys.Checked(kind, name));
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>Stores or revokes the agreement to the data privacy text, as it is in the language of the current culture.</summary>
    public Task AgreeAsync(Actor actor, int id, bool agreed, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            (db, draft) =>
            {
                if (agreed == draft.AgreedAt is not null)
                    return Task.CompletedTask;
                var shown = PrivacyText.In(CultureInfo.CurrentUICulture);
                draft.AgreedAt = agreed ? _clock.GetUtcNow() : null;
                draft.Agreement = agreed ? shown : null;
                _audit.Add(
                    db,
                    actor,
                    agreed ? "Connections.Agreed" : "Connections.AgreementRevoked",
                    draft.Name,
                    detail: agreed ? shown.ToMessage() : null
                );
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>
    /// Checks the account and the scopes of the key with Klaviyo, and stores the result. This is the first request to Klaviyo, so it
    /// requires the agreement.
    /// </summary>
    /// <exception cref="LocalizedException">The agreement or the key is missing, the key is not valid or used by another connection, or
    /// Klaviyo cannot be reached.</exception>
    public async Task<DraftView> ConnectAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        var draft = await _reader.FindAsync(actor, id, cancellationToken);
        if (draft.AgreedAt is null)
            throw new LocalizedException(new LocalizedMessage("Connections.ConsentNeeded"));
        var key = await _keys.ReadAsync(draft, cancellationToken);
        var check = await _check.CheckAsync(key, cancellationToken);
        await ChangeAsync(
            actor,
            id,
            async (db, now) =>
            {
                // The draft may have changed while Klaviyo responded. The result belongs to the key that was checked.
                if (!now.HasSameKeyAs(draft))
                    throw new ChangedMeanwhileException();
                await _keys.DemandUnusedAsync(db, key, check.AccountId, of: null, readElsewhere: true, cancellationToken);
                now.Check = check;
            },
            cancellationToken
        );
        return await GetAsync(actor, id, cancellationToken);
    }

    /// <summary>Confirms the account with its key, when no OAuth app is configured.</summary>
    /// <exception cref="LocalizedException">The key is not checked yet, or the account must be confirmed by a sign-in to
    /// Klaviyo.</exception>
    public Task ConfirmAccountAsync(Actor actor, int id, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            (_, draft) =>
            {
                if (_reader.OAuthConfigured)
                    throw new LocalizedException(new LocalizedMessage("Connections.SignInNeeded"));
                if (draft.Check is not { IsComplete: true })
                    throw new LocalizedException(new LocalizedMessage("Connections.ConnectFirst"));
                draft.AuthenticatedAt = _clock.GetUtcNow();
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>Makes the actor the export user, in whose name the exports of the connection will run.</summary>
    /// <exception cref="LocalizedException">The sign-in belongs to another person or is older than <see
    /// cref="FreshSignIn.Lifetime"/>.</exception>
    public Task AddExportUserAsync(Actor actor, int id, FreshSignIn proof, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            async (db, draft) =>
            {
                _exportUsers.Demand(actor, proof);
                await ExportUsers.AdministratorAsync(db, actor.Id, cancellationToken);
                draft.ExportUserAt = proof.At;
            },
            cancellationToken
        );

    /// <summary>Makes the draft a connection.</summary>
    /// <returns>The ID of the connection.</returns>
    /// <exception cref="LocalizedException">Something is missing, taken or no longer valid. The draft is unchanged.</exception>
    public Task<int> SaveAsync(Actor actor, int id, CancellationToken cancellationToken) => _saving.SaveAsync(actor, id, cancellationToken);

    /// <summary>Deletes the draft and revokes the access that Klaviyo granted.</summary>
    public async Task DiscardAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var draft = await DraftReader.FindAsync(db, actor, id, cancellationToken);
        db.Set<ConnectionDraft>().Remove(draft);
        await db.SaveAsync(cancellationToken);
        await GiveBackAsync(draft.Grant);
    }

    /// <summary>Deletes drafts that were not changed for a day, and old sign-ins to Klaviyo.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var old = _clock.GetUtcNow() - Lifetime;
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        foreach (
            var draft in await db.Set<ConnectionDraft>().AsNoTracking().Where(draft => draft.ChangedAt < old).ToListAsync(cancellationToken)
        )
            if (
                await db.Set<ConnectionDraft>()
                    .Where(swept => swept.Id == draft.Id && swept.Version == draft.Version)
                    .ExecuteDeleteAsync(cancellationToken) == 1
            )
                await GiveBackAsync(draft.Grant);
        await db.Set<KlaviyoSignIn>().Where(signIn => signIn.StartedAt < old).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task ChangeAsync(Actor actor, int id, Func<AppDb, ConnectionDraft, Task> change, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var draft = await DraftReader.FindAsync(db, actor, id, cancellationToken);
        var grant = draft.Grant;
        await change(db, draft);
        draft.ChangedAt = _clock.GetUtcNow();
        await db.SaveAsync(cancellationToken);
        if (draft.Grant is null)
            await GiveBackAsync(grant);
    }

    /// <summary>
    /// Revokes tokens if possible. They are already deleted from the store, and they expire if Klaviyo cannot be reached.
    /// </summary>
    private async Task GiveBackAsync(byte[]? grant)
    {
        if (grant is not null)
            await _credentials.RevokeAsync(grant, CancellationToken.None);
    }
}
