using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>Completes a sign-in to Klaviyo: exchanges the code for tokens, verifies their account and stores them.</summary>
public sealed class KlaviyoSignInReturn(
    IDbContextFactory<AppDb> stores,
    SecretProtector secrets,
    KlaviyoOAuth oauth,
    KlaviyoClient klaviyo,
    ConnectionCredentials credentials,
    Audit audit,
    TimeProvider clock,
    ILogger<KlaviyoSignInReturn> logger
)
{
    /// <summary>How many times to retry when the owner changes the draft in another tab at the same time.</summary>
    private const int Tries = 5;

    /// <summary>Stores the tokens, or the reason why there are none. Granted access that is not stored is revoked.</summary>
    internal async Task TakeAsync(
        Actor actor,
        KlaviyoSignIn signIn,
        string verifier,
        string? code,
        string? error,
        Uri callback,
        CancellationToken cancellationToken
    )
    {
        var problem = await ProblemOfAsync(actor, signIn, verifier, code, error, callback, cancellationToken);
        Log.SignInEnded(logger, signIn.Id, problem?.Code ?? "signed in");
        if (problem is null)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<KlaviyoSignIn>()
            .Where(trip => trip.Id == signIn.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(trip => trip.Problem, problem), cancellationToken);
    }

    private static LocalizedMessage? ProblemIn(KlaviyoTokens tokens) =>
        KlaviyoOAuth.Scopes.Except(tokens.Scopes).ToList() is [_, ..] missing
            ? new LocalizedMessage("Connections.SignInScopesMissing", string.Join(", ", missing))
            : null;

    private static LocalizedMessage ProblemIn(KlaviyoSignInRefusal refusal) =>
        refusal.IsSpent ? new LocalizedMessage("Connections.SignInExpired")
        : refusal.IsOfApp ? new LocalizedMessage("Connections.AppRefused", refusal.Error)
        : new LocalizedMessage("Connections.SignInRefused", refusal.Error);

    private async Task<LocalizedMessage?> ProblemOfAsync(
        Actor actor,
        KlaviyoSignIn signIn,
        string verifier,
        string? code,
        string? error,
        Uri callback,
        CancellationToken cancellationToken
    )
    {
        if (error == "access_denied")
            return new LocalizedMessage("Connections.SignInDenied");
        if (error is { Length: > 0 } || code is not { Length: > 0 and <= 4096 })
            return new LocalizedMessage("Connections.SignInRefused", KlaviyoSignInRefusal.Known(error));
        try
        {
            var tokens = await oauth.ExchangeAsync(code, verifier, callback, cancellationToken);
            var problem = ProblemIn(tokens) ?? await KeepAsync(actor, signIn, tokens, cancellationToken);
            if (problem is not null)
                await credentials.RevokeAsync(tokens.RefreshToken, cancellationToken);
            return problem;
        }
        catch (KlaviyoSignInException refused)
        {
            return ProblemIn(refused.Refusal);
        }
        catch (KlaviyoUnavailableException outage)
        {
            return KlaviyoMessages.For(outage);
        }
    }

    /// <returns>Why the tokens were not stored. Null when they were.</returns>
    private async Task<LocalizedMessage?> KeepAsync(
        Actor actor,
        KlaviyoSignIn signIn,
        KlaviyoTokens tokens,
        CancellationToken cancellationToken
    )
    {
        KlaviyoAnswer<KlaviyoAccount> answer;
        try
        {
            answer = await klaviyo.GetAccountAsync(KlaviyoCredential.FromAccessToken(tokens.AccessToken), cancellationToken);
        }
        catch (KlaviyoUnavailableException outage)
        {
            return KlaviyoMessages.For(outage);
        }
        if (!answer.Succeeded)
            return KlaviyoMessages.For(answer.Refusal);
        var grant = Grant.Of(tokens).Seal(secrets);
        return signIn.DraftId is { } draftId
            ? await KeepOnDraftAsync(actor, draftId, answer.Value, grant, cancellationToken)
            : await KeepOnConnectionAsync(actor, signIn.ConnectionId!.Value, answer.Value, grant, cancellationToken);
    }

    private async Task<LocalizedMessage?> KeepOnDraftAsync(
        Actor actor,
        int draftId,
        KlaviyoAccount account,
        byte[] grant,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 1; ; tries++)
        {
            await using var db = await stores.CreateDbContextAsync(cancellationToken);
            var draft = await db.Set<ConnectionDraft>()
                .SingleOrDefaultAsync(draft => draft.Id == draftId && draft.OwnerId == actor.Id, cancellationToken);
            if (draft?.Check is not { } check)
                return new LocalizedMessage("Connections.CheckFirst");
            if (check.AccountId != account.Id)
                return OtherAccount(account, check.Name, check.AccountId);
            var before = draft.Grant;
            (draft.Grant, draft.AuthenticatedAt, draft.ChangedAt) = (grant, clock.GetUtcNow(), clock.GetUtcNow());
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException) when (tries < Tries)
            {
                continue;
            }
            if (before is not null)
                await credentials.RevokeAsync(before, cancellationToken);
            return null;
        }
    }

    private async Task<LocalizedMessage?> KeepOnConnectionAsync(
        Actor actor,
        int connectionId,
        KlaviyoAccount account,
        byte[] grant,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var connection = await db.Set<Connection>()
            .AsNoTracking()
            .SingleOrDefaultAsync(connection => connection.Id == connectionId, cancellationToken);
        if (connection is null)
            return new LocalizedMessage("Connections.Gone");
        if (connection.AccountId != account.Id)
            return OtherAccount(account, connection.AccountName, connection.AccountId);
        // An update of these columns only, because a person may be editing the connection at the same time.
        var now = clock.GetUtcNow();
        await db.Set<Connection>()
            .Where(connection => connection.Id == connectionId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(connection => connection.Grant, grant)
                        .SetProperty(connection => connection.GrantedAt, now)
                        .SetProperty(connection => connection.GrantedBy, actor.Name)
                        .SetProperty(connection => connection.RefreshingUntil, (DateTimeOffset?)null)
                        .SetProperty(connection => connection.LastSuccessAt, now)
                        .SetProperty(connection => connection.LastError, (LocalizedMessage?)null)
                        .SetProperty(connection => connection.LacksExportUser, false),
                cancellationToken
            );
        audit.Add(db, actor, "Connections.SignedIn", connection.Name, connectionId);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (connection.Grant is { } before)
            await credentials.RevokeAsync(before, cancellationToken);
        return null;
    }

    private static LocalizedMessage OtherAccount(KlaviyoAccount account, string expected, string expectedId) =>
        new("Connections.SignInOtherAccount", account.Name, account.Id, expected, expectedId);
}
