using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// Sends administrators to Klaviyo's sign-in page and takes them back. Each trip has an unguessable state, of which only the hash is kept;
/// it is good once, for ten minutes, and for the person it was given to.
/// </summary>
public sealed class KlaviyoSignIns(
    IDbContextFactory<AppDb> stores,
    SecretProtector secrets,
    KlaviyoOAuth oauth,
    KlaviyoSignInReturn arrivals,
    TimeProvider clock
)
{
    /// <summary>How long a person may take at Klaviyo.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether this installation has an app to sign in with.</summary>
    public bool IsConfigured => oauth.IsConfigured;

    /// <summary>For a draft whose key was checked.</summary>
    /// <param name="callback">Where Klaviyo brings the person back to, as this installation sees itself.</param>
    /// <returns>Klaviyo's sign-in page.</returns>
    /// <exception cref="LocalizedException">The draft is gone or another's, its key was not checked yet, or there is no app.</exception>
    public async Task<Uri> BeginForDraftAsync(Actor actor, int draftId, Uri callback, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var draft =
            await db.Set<ConnectionDraft>()
                .AsNoTracking()
                .SingleOrDefaultAsync(draft => draft.Id == draftId && draft.OwnerId == actor.Id, cancellationToken)
            ?? throw new LocalizedException(new LocalizedMessage("Connections.DraftGone"));
        if (draft.Check is not { IsComplete: true })
            throw new LocalizedException(new LocalizedMessage("Connections.CheckFirst"));
        return await BeginAsync(db, actor, callback, signIn => signIn.DraftId = draftId, cancellationToken);
    }

    /// <summary>For a connection whose tokens do not serve any more, or that never had any.</summary>
    /// <inheritdoc cref="BeginForDraftAsync"/>
    /// <exception cref="LocalizedException">The connection is gone, or there is no app.</exception>
    public async Task<Uri> BeginForConnectionAsync(Actor actor, int connectionId, Uri callback, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (!await db.Set<Connection>().AnyAsync(connection => connection.Id == connectionId, cancellationToken))
            throw new ConnectionGoneException();
        return await BeginAsync(db, actor, callback, signIn => signIn.ConnectionId = connectionId, cancellationToken);
    }

    /// <summary>
    /// Takes a person back. What Klaviyo or the person did instead of signing in is kept as the trip's <see cref="KlaviyoSignIn.Problem"/>.
    /// </summary>
    /// <param name="error">Klaviyo's, where there is no code.</param>
    /// <param name="callback">As the trip began with.</param>
    /// <returns>Which page the person came from.</returns>
    /// <exception cref="LocalizedException">The state is unknown, used, too old or another person's.</exception>
    public async Task<SignInReturn> CompleteAsync(
        Actor actor,
        string? state,
        string? code,
        string? error,
        Uri callback,
        CancellationToken cancellationToken
    )
    {
        ManageConnections.Rule.Demand(actor);
        var signIn = await ClaimAsync(actor, state, cancellationToken);
        // The state is spent now, and soon the code: the rest is gone through even when the person has closed the page.
        await arrivals.TakeAsync(
            actor,
            signIn,
            secrets.UnprotectCredential(signIn.Verifier),
            code,
            error,
            callback,
            CancellationToken.None
        );
        return new SignInReturn(signIn.DraftId, signIn.ConnectionId);
    }

    /// <summary>Why the last trip made for a connection ended without a sign-in; null when it did not.</summary>
    public async Task<LocalizedMessage?> ProblemAsync(Actor actor, int connectionId, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<KlaviyoSignIn>()
            .Where(signIn => signIn.ConnectionId == connectionId && signIn.UserId == actor.Id && signIn.EndedAt != null)
            .OrderByDescending(signIn => signIn.EndedAt)
            .Select(signIn => signIn.Problem)
            .FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<Uri> BeginAsync(
        AppDb db,
        Actor actor,
        Uri callback,
        Action<KlaviyoSignIn> point,
        CancellationToken cancellationToken
    )
    {
        if (!oauth.IsConfigured)
            throw new LocalizedException(new LocalizedMessage("Connections.NoApp"));
        var (state, verifier) = (KlaviyoOAuth.NewSecret(), KlaviyoOAuth.NewSecret());
        var signIn = new KlaviyoSignIn
        {
            StateHash = Hash(state),
            UserId = actor.Id,
            Verifier = secrets.ProtectCredential(verifier),
            StartedAt = clock.GetUtcNow(),
        };
        point(signIn);
        var old = clock.GetUtcNow() - Lifetime;
        await db.Set<KlaviyoSignIn>()
            .Where(other =>
                other.UserId == actor.Id
                && other.DraftId == signIn.DraftId
                && other.ConnectionId == signIn.ConnectionId
                && (other.EndedAt != null || other.StartedAt <= old)
            )
            .ExecuteDeleteAsync(cancellationToken);
        db.Set<KlaviyoSignIn>().Add(signIn);
        await db.SaveAsync(cancellationToken);
        return oauth.AuthorizeAddress(state, verifier, callback);
    }

    /// <summary>Spends the state: of two who come with it, one is let in.</summary>
    private async Task<KlaviyoSignIn> ClaimAsync(Actor actor, string? state, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var (hash, now) = (Hash(state ?? ""), clock.GetUtcNow());
        var old = now - Lifetime;
        var claimed = await db.Set<KlaviyoSignIn>()
            .Where(signIn => signIn.StateHash == hash && signIn.UserId == actor.Id && signIn.EndedAt == null && signIn.StartedAt > old)
            .ExecuteUpdateAsync(set => set.SetProperty(signIn => signIn.EndedAt, now), cancellationToken);
        return claimed == 1
            ? await db.Set<KlaviyoSignIn>().AsNoTracking().SingleAsync(signIn => signIn.StateHash == hash, CancellationToken.None)
            : throw new LocalizedException(new LocalizedMessage("Connections.SignInUnknown"));
    }

    private static byte[] Hash(string state) => SHA256.HashData(Encoding.UTF8.GetBytes(state));
}

/// <summary>Where a person came from before the trip to Klaviyo: one of the two.</summary>
public sealed record SignInReturn(int? DraftId, int? ConnectionId);
