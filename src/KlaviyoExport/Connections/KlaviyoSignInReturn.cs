using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>What happens when a person is back from Klaviyo: tokens for the code, whose account they open, and where they are kept.</summary>
public sealed class KlaviyoSignInReturn(
    IDbContextFactory<AppDb> stores, SecretProtector secrets, KlaviyoOAuth oauth, KlaviyoClient klaviyo, ConnectionCredentials credentials, Audit audit,
    TimeProvider clock, ILogger<KlaviyoSignInReturn> logger)
{
    /// <summary>How often a draft is taken up anew that its owner is changing in another tab.</summary>
    private const int Tries = 5;

    /// <summary>Keeps the tokens, or the reason why there are none. Whatever was granted and is not kept is revoked.</summary>
    internal async Task TakeAsync(Actor actor, KlaviyoSignIn signIn, string verifier, string? code, string? error, Uri callback, CancellationToken cancel)
    {
        var problem = await ProblemOfAsync(actor, signIn, verifier, code, error, callback, cancel);
        Log.SignInEnded(logger, signIn.Id, problem?.Code ?? "signed in");
        if (problem is null)
            return;
        await using var db = await stores.CreateDbContextAsync(cancel);
        await db.Set<KlaviyoSignIn>().Where(trip => trip.Id == signIn.Id).ExecuteUpdateAsync(set => set.SetProperty(trip => trip.Problem, problem), cancel);
    }

    private static Notice? ProblemIn(KlaviyoTokens tokens) =>
        KlaviyoOAuth.Scopes.Except(tokens.Scopes).ToList() is [_, ..] missing ? new Notice("Connections.SignInScopesMissing", string.Join(", ", missing)) : null;

    private static Notice ProblemIn(KlaviyoSignInRefusal refusal) =>
        refusal.IsSpent ? new Notice("Connections.SignInExpired")
        : refusal.IsOfApp ? new Notice("Connections.AppRefused", refusal.Error)
        : new Notice("Connections.SignInRefused", refusal.Error);

    private async Task<Notice?> ProblemOfAsync(Actor actor, KlaviyoSignIn signIn, string verifier, string? code, string? error, Uri callback, CancellationToken cancel)
    {
        if (error == "access_denied")
            return new Notice("Connections.SignInDenied");
        if (error is { Length: > 0 } || code is not { Length: > 0 and <= 4096 })
            return new Notice("Connections.SignInRefused", KlaviyoSignInRefusal.Known(error));
        try
        {
            var tokens = await oauth.ExchangeAsync(code, verifier, callback, cancel);
            var problem = ProblemIn(tokens) ?? await KeepAsync(actor, signIn, tokens, cancel);
            if (problem is not null)
                await credentials.RevokeAsync(tokens.RefreshToken, cancel);
            return problem;
        }
        catch (KlaviyoSignInException refused)
        {
            return ProblemIn(refused.Refusal);
        }
        catch (KlaviyoUnavailableException outage)
        {
            return KlaviyoNotices.For(outage);
        }
    }

    /// <returns>Why the tokens were not kept; null when they were.</returns>
    private async Task<Notice?> KeepAsync(Actor actor, KlaviyoSignIn signIn, KlaviyoTokens tokens, CancellationToken cancel)
    {
        KlaviyoAnswer<KlaviyoAccount> answer;
        try
        {
            answer = await klaviyo.GetAccountAsync(KlaviyoCredential.FromAccessToken(tokens.AccessToken), cancel);
        }
        catch (KlaviyoUnavailableException outage)
        {
            return KlaviyoNotices.For(outage);
        }
        if (!answer.Succeeded)
            return KlaviyoNotices.For(answer.Refusal);
        var grant = Grant.Of(tokens).Seal(secrets);
        return signIn.DraftId is { } draftId
            ? await KeepOnDraftAsync(actor, draftId, answer.Value, grant, cancel)
            : await KeepOnConnectionAsync(actor, signIn.ConnectionId!.Value, answer.Value, grant, cancel);
    }

    private async Task<Notice?> KeepOnDraftAsync(Actor actor, int draftId, KlaviyoAccount account, byte[] grant, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var draft = await db.Set<ConnectionDraft>().SingleOrDefaultAsync(draft => draft.Id == draftId && draft.OwnerId == actor.Id, cancel);
            if (draft?.Check is not { } check)
                return new Notice("Connections.CheckFirst");
            if (check.AccountId != account.Id)
                return OtherAccount(account, check.Name, check.AccountId);
            var before = draft.Grant;
            (draft.Grant, draft.AuthenticatedAt, draft.ChangedAt) = (grant, clock.GetUtcNow(), clock.GetUtcNow());
            try
            {
                await db.SaveChangesAsync(cancel);
            }
            catch (DbUpdateConcurrencyException) when (tries < Tries)
            {
                continue;
            }
            if (before is not null)
                await credentials.RevokeAsync(before, cancel);
            return null;
        }
    }

    private async Task<Notice?> KeepOnConnectionAsync(Actor actor, int connectionId, KlaviyoAccount account, byte[] grant, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var connection = await db.Set<Connection>().AsNoTracking().SingleOrDefaultAsync(connection => connection.Id == connectionId, cancel);
        if (connection is null)
            return new Notice("Connections.Gone");
        if (connection.AccountId != account.Id)
            return OtherAccount(account, connection.AccountName, connection.AccountId);
        // Not through the entity: somebody may be editing the connection, and these are not the columns they edit.
        var now = clock.GetUtcNow();
        await db.Set<Connection>().Where(connection => connection.Id == connectionId).ExecuteUpdateAsync(
            set => set.SetProperty(connection => connection.Grant, grant).SetProperty(connection => connection.GrantedAt, now)
                .SetProperty(connection => connection.GrantedBy, actor.Name).SetProperty(connection => connection.RefreshingUntil, (DateTimeOffset?)null)
                .SetProperty(connection => connection.LastSuccessAt, now).SetProperty(connection => connection.LastError, (Notice?)null)
                .SetProperty(connection => connection.LacksExportUser, false), cancel);
        audit.Add(db, actor, "Connections.SignedIn", connection.Name, connectionId);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (connection.Grant is { } before)
            await credentials.RevokeAsync(before, cancel);
        return null;
    }

    private static Notice OtherAccount(KlaviyoAccount account, string expected, string expectedId) =>
        new("Connections.SignInOtherAccount", account.Name, account.Id, expected, expectedId);
}
