using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// The steps of the wizard, each kept as it is done. Every call is for administrators and for the draft's owner alone; to anybody else the
/// draft does not exist.
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
    private readonly TimeProvider _clock;

    internal ConnectionDrafts(
        IDbContextFactory<AppDb> stores,
        ConnectionKeys keys,
        KeyCheck check,
        ExportUsers exportUsers,
        DraftReader reader,
        DraftSaving saving,
        ConnectionCredentials credentials,
        TimeProvider clock
    ) =>
        (_stores, _keys, _check, _exportUsers, _reader, _saving, _credentials, _clock) = (
            stores,
            keys,
            check,
            exportUsers,
            reader,
            saving,
            credentials,
            clock
        );

    /// <summary>A draft that nobody has changed for so long is swept.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(1);

    /// <returns>The id of a new draft.</returns>
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

    /// <exception cref="LocalizedException">The actor has no such draft (any more).</exception>
    public Task<DraftView> GetAsync(Actor actor, int id, CancellationToken cancellationToken) =>
        _reader.GetAsync(actor, id, cancellationToken);

    /// <summary>The drafts the actor began and has neither saved nor discarded, the latest change first.</summary>
    public Task<IReadOnlyList<DraftRow>> MineAsync(Actor actor, CancellationToken cancellationToken) =>
        _reader.MineAsync(actor, cancellationToken);

    /// <exception cref="LocalizedException">There is no name, or it is too long or taken; the old one is kept.</exception>
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

    /// <param name="contributors">User ids; heeded where the sharing is ChosenContributors.</param>
    /// <exception cref="LocalizedException">Nobody was chosen, or somebody who is not a contributor (any more); the old choice is
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

    /// <summary>Keeps the key, encrypted, and forgets what was found out with another one. Klaviyo is not asked.</summary>
    /// <exception cref="LocalizedException">This cannot be a key; the old one is kept.</exception>
    public Task SetKeyAsync(Actor actor, int id, string apiKey, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            (_, draft) =>
            {
                var key = ConnectionKeys.Clean(apiKey);
                draft.TakeKey(_keys.Protect(key), ConnectionKeys.EndingOf(key), keyVaultSecret: null);
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>Has the key read from Key Vault whenever it is needed, and forgets what was found out with another one.</summary>
    /// <exception cref="LocalizedException">This cannot be the name of a secret, or there is no vault; the old key is kept.</exception>
    public Task UseKeyVaultAsync(Actor actor, int id, string secretName, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            (_, draft) =>
            {
                draft.TakeKey(apiKey: null, ending: null, _keys.CleanSecretName(secretName));
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>"I agree", or no longer.</summary>
    public Task AgreeAsync(Actor actor, int id, bool agreed, CancellationToken cancellationToken) =>
        ChangeAsync(
            actor,
            id,
            (_, draft) =>
            {
                draft.AgreedAt = agreed ? draft.AgreedAt ?? _clock.GetUtcNow() : null;
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <summary>
    /// Asks Klaviyo whose the key is and what it lacks, and keeps the answer. The first contact with Klaviyo, so it needs the consent.
    /// </summary>
    /// <exception cref="LocalizedException">Consent or key is missing, the key is wrong or used by another connection, or Klaviyo cannot be
    /// asked.</exception>
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
                // Klaviyo took its time to answer; what it said is of the key it was asked about.
                if (!now.HasSameKeyAs(draft))
                    throw new ChangedMeanwhileException();
                await _keys.DemandUnusedAsync(db, key, check.AccountId, of: null, askVault: true, cancellationToken);
                now.Check = check;
            },
            cancellationToken
        );
        return await GetAsync(actor, id, cancellationToken);
    }

    /// <summary>Confirms the account by its key, where no OAuth app is configured.</summary>
    /// <exception cref="LocalizedException">The key is not checked yet, or the account is to be confirmed by signing in to
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

    /// <summary>Makes the actor the one in whose name the exports of the connection will run.</summary>
    /// <exception cref="LocalizedException">The sign-in is another person's or older than <see cref="FreshSignIn.Lifetime"/>.</exception>
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
    /// <returns>The connection's id.</returns>
    /// <exception cref="LocalizedException">Something is missing, taken or no longer so; the draft is kept as it was.</exception>
    public Task<int> SaveAsync(Actor actor, int id, CancellationToken cancellationToken) => _saving.SaveAsync(actor, id, cancellationToken);

    /// <summary>Forgets the draft and everything in it; what Klaviyo granted is given back.</summary>
    public async Task DiscardAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var draft = await DraftReader.FindAsync(db, actor, id, cancellationToken);
        db.Set<ConnectionDraft>().Remove(draft);
        await db.SaveAsync(cancellationToken);
        await GiveBackAsync(draft.Grant);
    }

    /// <summary>Forgets drafts that nobody has changed for a day, and trips to Klaviyo's sign-in page of before that.</summary>
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

    /// <summary>Best effort: it is out of the store already, and where Klaviyo cannot be told the tokens end by themselves.</summary>
    private async Task GiveBackAsync(byte[]? grant)
    {
        if (grant is not null)
            await _credentials.RevokeAsync(grant, CancellationToken.None);
    }
}
