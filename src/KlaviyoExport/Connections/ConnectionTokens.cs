using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>
/// The access token of a connection, good at the moment it is asked for. A refresh token may be good only once, so whoever refreshes holds
/// the connection's lease (<see cref="Connection.RefreshingUntil"/>); the others, in this process or another, go on with the token there
/// is, or wait and read again. What Klaviyo gives is stored before anybody uses it, and a refresh once begun is not cancelled. Two things
/// cannot be helped: an answer lost on its way, and a process killed between the answer and the store. Where Klaviyo has spent the refresh
/// token by then, somebody has to sign in again.
/// </summary>
public sealed class ConnectionTokens(
    IDbContextFactory<AppDb> stores,
    SecretProtector secrets,
    KlaviyoOAuth oauth,
    TimeProvider clock,
    ILogger<ConnectionTokens> logger
)
{
    private const int KeepTries = 5;

    /// <summary>
    /// Longer than a refresh may take. One that failed keeps it while the old token serves, so that not every call tries anew.
    /// </summary>
    internal static readonly TimeSpan Lease = KlaviyoOAuth.Patience * 2;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly KeyedLocks<int> _turns = new();

    /// <param name="refused">The token Klaviyo has just refused, if it has; another one is given then.</param>
    /// <exception cref="LocalizedException">Somebody has to sign in to Klaviyo again, or the connection is gone.</exception>
    /// <exception cref="KlaviyoUnavailableException">The token has expired and Klaviyo cannot be asked for the next.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The encryption keys of the installation are gone.</exception>
    public async Task<string> AccessTokenAsync(int connectionId, string? refused, CancellationToken cancellationToken)
    {
        var grant = (await ReadAsync(connectionId, cancellationToken)).Grant;
        if (!grant.IsDue(clock.GetUtcNow(), refused))
            return grant.AccessToken;
        using var turn = await _turns.EnterAsync(connectionId, cancellationToken);
        return await NextAsync(connectionId, refused, cancellationToken);
    }

    private async Task<string> NextAsync(int connectionId, string? refused, CancellationToken cancellationToken)
    {
        while (true)
        {
            var lease = await TakeLeaseAsync(connectionId, cancellationToken);
            var stored = await ReadAsync(connectionId, cancellationToken);
            var now = clock.GetUtcNow();
            if (lease is { } until)
            {
                if (!stored.Grant.IsDue(now, refused))
                {
                    // Somebody was here between the first look and the lease.
                    await ReleaseAsync(connectionId, until);
                    return stored.Grant.AccessToken;
                }
                if (await RefreshAsync(stored, refused, until) is { } token)
                    return token;
            }
            else if (stored.Grant.IsGood(now, refused))
            {
                return stored.Grant.AccessToken;
            }
            else
            {
                await Task.Delay(Look, clock, cancellationToken);
            }
        }
    }

    /// <returns>Null when somebody signed in anew meanwhile: look again.</returns>
    private async Task<string?> RefreshAsync(Stored stored, string? refused, DateTimeOffset lease)
    {
        try
        {
            var next = Grant.Of(await oauth.RefreshAsync(stored.Grant.RefreshToken, CancellationToken.None));
            if (!await KeepAsync(stored, next))
                return null;
            Log.Refreshed(logger, stored.ConnectionId, next.ExpiresAt);
            return next.AccessToken;
        }
        catch (KlaviyoUnavailableException outage) when (stored.Grant.IsGood(clock.GetUtcNow(), refused))
        {
            Log.RefreshPutOff(logger, stored.ConnectionId, outage.Reason);
            return stored.Grant.AccessToken;
        }
        catch (KlaviyoUnavailableException)
        {
            await ReleaseAsync(stored.ConnectionId, lease);
            throw;
        }
        catch (KlaviyoSignInException refusal)
        {
            Log.RefreshRefused(logger, stored.ConnectionId, refusal.Refusal.Error);
            await ReleaseAsync(stored.ConnectionId, lease);
            if (!await IsStillThereAsync(stored))
                return null;
            throw new CredentialsException(
                refusal.Refusal.IsOfApp
                    ? new LocalizedMessage("Connections.AppRefused", refusal.Refusal.Error)
                    : new LocalizedMessage("Connections.SignInAgain", stored.Name)
            );
        }
    }

    private async Task<Stored> ReadAsync(int connectionId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var found =
            await db.Set<Connection>()
                .Where(connection => connection.Id == connectionId)
                .Select(connection => new { connection.Name, connection.Grant })
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new CredentialsException(new LocalizedMessage("Connections.Gone"));
        return found.Grant is { } bytes
            ? new Stored(connectionId, found.Name, bytes, Grant.Open(bytes, secrets))
            : throw new CredentialsException(new LocalizedMessage("Connections.SignInAgain", found.Name));
    }

    /// <returns>Until when it is ours; null where another has it.</returns>
    private async Task<DateTimeOffset?> TakeLeaseAsync(int connectionId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var until = now + Lease;
        var taken = await db.Set<Connection>()
            .Where(connection => connection.Id == connectionId && (connection.RefreshingUntil == null || connection.RefreshingUntil <= now))
            .ExecuteUpdateAsync(set => set.SetProperty(connection => connection.RefreshingUntil, until), cancellationToken);
        return taken == 1 ? until : null;
    }

    private async Task ReleaseAsync(int connectionId, DateTimeOffset lease)
    {
        await using var db = await stores.CreateDbContextAsync(CancellationToken.None);
        await db.Set<Connection>()
            .Where(connection => connection.Id == connectionId && connection.RefreshingUntil == lease)
            .ExecuteUpdateAsync(
                set => set.SetProperty(connection => connection.RefreshingUntil, (DateTimeOffset?)null),
                CancellationToken.None
            );
    }

    /// <summary>
    /// Puts the next tokens in the place of those they came from, and gives the lease back. They exist nowhere else yet, so it does not
    /// give up at once.
    /// </summary>
    /// <returns>Whether those were still there: a new sign-in goes before a refresh.</returns>
    private async Task<bool> KeepAsync(Stored stored, Grant next)
    {
        var bytes = next.Seal(secrets);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var db = await stores.CreateDbContextAsync(CancellationToken.None);
                return await db.Set<Connection>()
                        .Where(connection => connection.Id == stored.ConnectionId && connection.Grant == stored.Bytes)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(connection => connection.Grant, bytes)
                                    .SetProperty(connection => connection.RefreshingUntil, (DateTimeOffset?)null),
                            CancellationToken.None
                        ) == 1;
            }
            catch (Exception fault) when (StoreFaults.IsTransient(fault) && tries < KeepTries)
            {
                await Task.Delay(Look * tries, clock, CancellationToken.None);
            }
        }
    }

    private async Task<bool> IsStillThereAsync(Stored stored)
    {
        await using var db = await stores.CreateDbContextAsync(CancellationToken.None);
        return await db.Set<Connection>()
            .AnyAsync(connection => connection.Id == stored.ConnectionId && connection.Grant == stored.Bytes, CancellationToken.None);
    }

    private sealed record Stored(int ConnectionId, string Name, byte[] Bytes, Grant Grant);
}
