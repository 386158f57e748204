using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.Tokens;

/// <summary>The state of a request with an Idempotency-Key.</summary>
public enum ApiRequestState
{
    /// <summary>The caller executes the request now, and must then call Complete or Forget.</summary>
    Begun,

    /// <summary>It was executed before. The stored response must be repeated.</summary>
    Answered,

    /// <summary>Another call is executing it.</summary>
    InProgress,

    /// <summary>The key was used for a different request.</summary>
    Differs,
}

/// <summary>The result of <see cref="ApiRequests.BeginAsync"/>.</summary>
/// <param name="Request">The stored request. With <see cref="ApiRequestState.Answered"/>, it has the response.</param>
public sealed record BegunApiRequest(ApiRequestState State, ApiRequest Request);

/// <summary>Stores requests with an Idempotency-Key, so that a request that is sent twice is executed once.</summary>
public sealed class ApiRequests(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    /// <summary>How long a response is stored.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>
    /// After this time, a request without a response counts as interrupted, for example because the server was killed. It may be executed
    /// again.
    /// </summary>
    public static readonly TimeSpan LongestExecution = TimeSpan.FromMinutes(5);

    /// <summary>Begins a request, or finds the earlier one with the same key.</summary>
    /// <param name="ownerId">The owner of the token.</param>
    /// <param name="key">The Idempotency-Key.</param>
    /// <param name="fingerprint">The hash of the request.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<BegunApiRequest> BeginAsync(string ownerId, string key, byte[] fingerprint, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var (expired, interrupted) = (now - Lifetime, now - LongestExecution);
        await db.Set<ApiRequest>().Where(request => request.At <= expired).ExecuteDeleteAsync(cancellationToken);
        await db.Set<ApiRequest>()
            .Where(request => request.OwnerId == ownerId && request.Key == key && request.Status == null && request.At <= interrupted)
            .ExecuteDeleteAsync(cancellationToken);
        var known = await db.Set<ApiRequest>()
            .AsNoTracking()
            .SingleOrDefaultAsync(request => request.OwnerId == ownerId && request.Key == key, cancellationToken);
        if (known is not null)
            return new BegunApiRequest(
                !known.Fingerprint.AsSpan().SequenceEqual(fingerprint) ? ApiRequestState.Differs
                    : known.Status is null ? ApiRequestState.InProgress
                    : ApiRequestState.Answered,
                known
            );
        var begun = new ApiRequest
        {
            OwnerId = ownerId,
            Key = key,
            Fingerprint = fingerprint,
            At = now,
        };
        db.Set<ApiRequest>().Add(begun);
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new BegunApiRequest(ApiRequestState.Begun, begun);
    }

    /// <summary>Stores the response of a request that was begun.</summary>
    public async Task CompleteAsync(
        long id,
        int status,
        string? contentType,
        string? location,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<ApiRequest>()
            .Where(request => request.Id == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(request => request.Status, status)
                        .SetProperty(request => request.ContentType, contentType)
                        .SetProperty(request => request.Location, location)
                        .SetProperty(request => request.Body, body),
                cancellationToken
            );
    }

    /// <summary>Forgets a request that failed by a fault of the server, so that it can be sent again with the same key.</summary>
    public async Task ForgetAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<ApiRequest>().Where(request => request.Id == id).ExecuteDeleteAsync(cancellationToken);
    }
}
