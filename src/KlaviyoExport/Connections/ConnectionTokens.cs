using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>
/// Provides the access token of a connection, refreshed when necessary. A refresh token may be valid only once, so only the holder of the
/// connection's lease (<see cref="Connection.RefreshingUntil"/>) refreshes it. Other callers, in this or another process, use the current
/// token or wait and read it again. New tokens are stored before they are used, and a refresh that has started is not canceled. Two cases
/// cannot be handled: a lost response, and a process that is killed before it stores the response. If Klaviyo has used up the refresh
/// token by then, a person must sign in again.
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
    /// The duration of the lease, longer than a refresh may take. A failed refresh keeps the lease while the old token is valid, so that
    /// not every call tries to refresh it.
    /// </summary>
    internal static readonly TimeSpan Lease = KlaviyoOAuth.Patience * 2;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly KeyedLocks<int> _turns = new();

    /// <param name="refused">The token that Klaviyo has just refused, if any. A different token is returned.</param>
    /// <exception cref="LocalizedException">A person must sign in to Klaviyo again, or the connection no longer exists.</exception>
    /// <exception cref="KlaviyoUnavailableException">The token has expired, and Klaviyo cannot be reached to refresh it.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The encryption keys of the installation are
    /// missing.</exception>
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
                    // Another caller refreshed the token before this one acquired the lease.
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

    /// <returns>Null when a person has signed in again in the meantime. Read the tokens again.</returns>
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

    /// <returns>The end of the acquired lease. Null when another caller holds it.</returns>
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
    /// Replaces the tokens with the new ones and releases the lease. It retries on faults, because the new tokens exist nowhere else.
    /// </summary>
    /// <returns>False when the old tokens were replaced in the meantime by a new sign-in, which takes precedence.</returns>
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
