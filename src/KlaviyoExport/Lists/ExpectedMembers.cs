using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// The profiles that an export should have on its list: all deliverable members of its segments, read and classified as the Prepare stage
/// does, without those whom the audience leaves out at this moment. Profiles that Klaviyo refused, that are too large, or that a rule for a
/// field rejects, may or may not be on the list.
/// </summary>
internal sealed class ExpectedMembers(IDbContextFactory<AppDb> stores, MemberPass pass, SecretProtector secrets)
{
    public async Task<(Dictionary<Hash16, (string Key, string Email)> Expected, HashSet<Hash16> Either)> ReadAsync(
        RunContext run,
        EmailHasher hasher,
        CancellationToken cancellationToken
    )
    {
        var either = await RefusedAsync(run.RunId, hasher, cancellationToken);
        var expected = new Dictionary<Hash16, (string, string)>();
        using var mapping = new ProfileMapping(run.Export);
        var sorter = new MemberSorter(hasher, KnownPeople.Nobody, mapping, int.MaxValue);
        var scope = new PassScope(run.Export, run.ListId, run.Credential);
        await foreach (var (row, rejection) in pass.ReadAsync(scope, sorter, cancellationToken))
        {
            if (rejection is { Reason: var reason } && IsOfValue(reason) && EmailAddress.TryNormalize(rejection.Email, out var large))
                either.Add(hasher.Hash(large));
            else if (row is not null && hasher.Hash(row.Email) is var hash && !either.Contains(hash))
                expected.Add(hash, (row.Key, row.Email));
        }
        return (expected, either);
    }

    private static bool IsOfValue(RejectionReason reason) =>
        reason
            is RejectionReason.TooLarge
                or RejectionReason.MissingField
                or RejectionReason.InvalidField
                or RejectionReason.TakenIdentifier;

    /// <summary>
    /// Profiles that Klaviyo refused in the run, in the run that it undoes, or in the run whose rejected profiles one of them sent again.
    /// </summary>
    private async Task<HashSet<Hash16>> RefusedAsync(int runId, EmailHasher hasher, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var undone = await db.Set<Run>().Where(run => run.Id == runId).Select(run => run.UndoesRunId).SingleAsync(cancellationToken);
        var runs = await db.Set<Run>()
            .Where(run => run.Id == runId || run.Id == undone)
            .Select(run => new { run.Id, run.RetriesRunId })
            .ToListAsync(cancellationToken);
        var ids = runs.SelectMany(run => new[] { run.Id, run.RetriesRunId ?? run.Id }).ToList();
        var refused = new HashSet<Hash16>();
        var addresses = db.Set<Rejection>()
            .Where(rejection => ids.Contains(rejection.RunId) && rejection.Reason == RejectionReason.Refused && rejection.Email != null)
            .Select(rejection => rejection.Email!);
        await foreach (var address in addresses.AsAsyncEnumerable().WithCancellation(cancellationToken))
            if (EmailAddress.TryNormalize(secrets.UnprotectEmail(address), out var email))
                refused.Add(hasher.Hash(email));
        return refused;
    }
}
