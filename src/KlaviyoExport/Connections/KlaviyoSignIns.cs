using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>
/// Sends administrators to Klaviyo's sign-in page and handles their return. Each sign-in has an unguessable state, of which only the hash
/// is stored. The state is valid once, for ten minutes, and for the person it was issued to.
/// </summary>
public sealed class KlaviyoSignIns(
    IDbContextFactory<AppDb> stores,
    SecretProtector secrets,
    KlaviyoOAuth oauth,
    KlaviyoSignInReturn arrivals,
    TimeProvider clock
)
{
    /// <summary>How long a sign-in may take.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether an OAuth app is configured for this installation.</summary>
    public bool IsConfigured => oauth.IsConfigured;

    /// <summary>Starts a sign-in for a draft whose key was checked.</summary>
    /// <param name="callback">The address of this installation to which Klaviyo redirects the person.</param>
    /// <returns>The address of Klaviyo's sign-in page.</returns>
    /// <exception cref="LocalizedException">The draft does not exist or belongs to another person, its key was not checked yet, or there
    /// is no app.</exception>
    public async Task<Uri> BeginForDraftAsync(Actor actor, int draftId, Uri callback, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var draft =
            await db.Set<ConnectionDraft>()
                .AsNoTracking()
                .SingleOrDefaultAsync(draft => draft.Id == draftId && draft.OwnerId == actor.Id, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Connections.DraftGone"));
        if (draft.Check is not { IsComplete: true })
            throw new LocalizedException(new LocalizedMessage("Connections.CheckFirst"));
        return await BeginAsync(db, actor, callback, signIn => signIn.DraftId = draftId, cancellationToken);
    }

    /// <summary>Starts a sign-in for a connection that has no valid tokens.</summary>
    /// <inheritdoc cref="BeginForDraftAsync"/>
    /// <exception cref="LocalizedException">The connection does not exist, or there is no app.</exception>
    public async Task<Uri> BeginForConnectionAsync(Actor actor, int connectionId, Uri callback, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var connection =
            await db.Set<Connection>().AsNoTracking().SingleOrDefaultAsync(stored => stored.Id == connectionId, cancellationToken)
            ?? throw new ConnectionGoneException();
        if (connection.IsPractice)
            throw new LocalizedException(new LocalizedMessage("Connections.PracticeFixed"));
        return await BeginAsync(db, actor, callback, signIn => signIn.ConnectionId = connectionId, cancellationToken);
    }

    /// <summary>
    /// Handles the return of a person. When the sign-in failed or was denied, the reason is stored as <see
    /// cref="KlaviyoSignIn.Problem"/>.
    /// </summary>
    /// <param name="error">Klaviyo's error code, when there is no authorization code.</param>
    /// <param name="callback">The same address as at the start of the sign-in.</param>
    /// <returns>The page from which the person started.</returns>
    /// <exception cref="LocalizedException">The state is unknown, used, expired or another person's.</exception>
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
        // The state is used up now, and the code soon will be. Continue even when the person has closed the page.
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

    /// <summary>Returns why the last sign-in for a connection failed. Null when it did not.</summary>
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

    /// <summary>Uses up the state: when it is presented twice at the same time, only one request succeeds.</summary>
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

/// <summary>The draft or the connection for which a sign-in was started. Exactly one of them is set.</summary>
public sealed record SignInReturn(int? DraftId, int? ConnectionId);
