using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Reads how much of Klaviyo's rate limits is used. Servers of a cluster do not know the calls of each other.</summary>
public sealed class ConnectionUseQueries
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly ConnectionCredentials _credentials;
    private readonly KlaviyoRateLimits _limits;

    internal ConnectionUseQueries(IDbContextFactory<AppDb> stores, ConnectionCredentials credentials, KlaviyoRateLimits limits) =>
        (_stores, _credentials, _limits) = (stores, credentials, limits);

    /// <summary>
    /// Returns the connections that a person may use for exports, the busiest first, then by name. All connections to an account with the
    /// same kind of sign-in share its limits, so they have the same use.
    /// </summary>
    /// <param name="actor">The person who reads them.</param>
    /// <param name="take">The maximum number of connections.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<IReadOnlyList<ConnectionUse>> ListAsync(Actor actor, int take, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        var connections = await db.Set<Connection>()
            .OrderBy(connection => connection.Name)
            .Select(connection => new
            {
                connection.Id,
                connection.Name,
                connection.AccountId,
                HasGrant = connection.Grant != null,
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. connections
                .Where(connection => access.MayEdit(connection.Id))
                .Select(connection => new ConnectionUse(
                    connection.Id,
                    connection.Name,
                    LimitsOf(_credentials.QuotaOf(connection.AccountId, connection.HasGrant))
                ))
                .OrderByDescending(connection => connection.Limits.Count == 0 ? 0 : connection.Limits[0].Share)
                .ThenBy(connection => connection.Name, StringComparer.CurrentCulture)
                .Take(take),
        ];
    }

    private IReadOnlyList<LimitUse> LimitsOf(string quota) =>
        [
            .. _limits
                .UsageOf(quota)
                .Where(usage => usage.Used > 0 || usage.HasWaited || usage.IsClosed)
                .Select(usage => new LimitUse(usage.Endpoint, usage.Used, usage.LeftToOthers, usage.Limit, usage.HasWaited, usage.IsClosed))
                .OrderByDescending(use => use.Share)
                .ThenBy(use => use.Endpoint, StringComparer.Ordinal),
        ];
}
