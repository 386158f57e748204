using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Reads drafts for their owners, with the state of each step.</summary>
internal sealed class DraftReader(IDbContextFactory<AppDb> stores, KlaviyoOAuth oauth)
{
    /// <summary>Whether accounts are confirmed by a sign-in to Klaviyo. Otherwise they are confirmed with the key.</summary>
    public bool OAuthConfigured => oauth.IsConfigured;

    /// <exception cref="LocalizedException">The actor has no such draft.</exception>
    public static async Task<ConnectionDraft> FindAsync(AppDb db, Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        return await db.Set<ConnectionDraft>().SingleOrDefaultAsync(draft => draft.Id == id && draft.OwnerId == actor.Id, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Connections.DraftGone"));
    }

    /// <summary>Returns the draft for display.</summary>
    public async Task<ConnectionDraft> FindAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, actor, id, cancellationToken);
    }

    public async Task<DraftView> GetAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var draft = await FindAsync(db, actor, id, cancellationToken);
        var contributors = await Contributors.IdsAsync(db, cancellationToken);
        return new DraftView(
            draft.Id,
            draft.Name,
            draft.Sharing,
            [.. draft.ChosenContributors.Where(contributors.Contains)],
            draft.ApiKeyEnding,
            draft.KeyFrom,
            draft.AgreedAt,
            draft.Check,
            OAuthConfigured,
            draft.AuthenticatedAt,
            await SignInProblemAsync(db, draft, cancellationToken),
            draft.ExportUserAt,
            await RemarksAsync(db, draft, cancellationToken),
            [.. DraftSteps.Missing(draft, contributors, OAuthConfigured)]
        );
    }

    public async Task<IReadOnlyList<DraftRow>> MineAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var drafts = await db.Set<ConnectionDraft>()
            .AsNoTracking()
            .Where(draft => draft.OwnerId == actor.Id)
            .OrderByDescending(draft => draft.ChangedAt)
            .ToListAsync(cancellationToken);
        var contributors = await Contributors.IdsAsync(db, cancellationToken);
        return
        [
            .. drafts.Select(draft => new DraftRow(
                draft.Id,
                draft.Name,
                draft.StartedAt,
                draft.ChangedAt,
                [.. DraftSteps.Missing(draft, contributors, OAuthConfigured)]
            )),
        ];
    }

    /// <summary>Whether a sign-in was started before the key was checked. Such a sign-in belongs to another key.</summary>
    private static async Task<LocalizedMessage?> SignInProblemAsync(AppDb db, ConnectionDraft draft, CancellationToken cancellationToken) =>
        draft is { AuthenticatedAt: null, Check.At: var since }
            ? await db.Set<KlaviyoSignIn>()
                .Where(signIn => signIn.DraftId == draft.Id && signIn.StartedAt >= since && signIn.EndedAt != null)
                .OrderByDescending(signIn => signIn.Id)
                .Select(signIn => signIn.Problem)
                .FirstOrDefaultAsync(cancellationToken)
            : null;

    private static async Task<IReadOnlyList<LocalizedMessage>> RemarksAsync(
        AppDb db,
        ConnectionDraft draft,
        CancellationToken cancellationToken
    )
    {
        if (draft.Check is not { } check)
            return [];
        var others = await db.Set<Connection>()
            .Where(connection => connection.AccountId == check.AccountId)
            .OrderBy(connection => connection.Name)
            .Select(connection => connection.Name)
            .ToListAsync(cancellationToken);
        return [.. others.Select(name => new LocalizedMessage("Connections.SameAccount", name))];
    }
}
