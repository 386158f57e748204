using System.Runtime.CompilerServices;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The calls of Klaviyo's API this product makes, and no others: it never subscribes, unsubscribes, suppresses or creates a list.
/// Rate limits and retries are its own affair. Every call throws <see cref="KlaviyoUnavailableException"/> for an outage.
/// </summary>
public sealed class KlaviyoClient(HttpClient http, IOptions<KlaviyoOptions> options, TimeProvider time, ILogger<KlaviyoClient> log)
{
    private readonly KlaviyoWire _wire = new(http, options.Value, time, log);

    /// <summary>Whose key this is. Needs accounts:read. One call a second, 15 a minute.</summary>
    public async Task<KlaviyoAnswer<KlaviyoAccount>> GetAccountAsync(KlaviyoCredential credential, CancellationToken cancellationToken)
    {
        var answer = await _wire.GetAsync(
            credential,
            KlaviyoEndpoint.GetAccounts,
            "api/accounts",
            KlaviyoJson.Default.PageAccountAttributes,
            cancellationToken
        );
        return answer.Then(page =>
            page.Data is [var account]
                ? account.ToAccount()
                : throw new KlaviyoUnavailableException(
                    UnavailableReason.UnreadableAnswer,
                    $"A key belongs to one account; Klaviyo named {page.Data.Count}."
                )
        );
    }

    /// <summary>Which of the scopes this product needs the key lacks. Creates and changes nothing.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused for another reason than a scope.</exception>
    public Task<IReadOnlyList<string>> GetMissingScopesAsync(KlaviyoCredential credential, CancellationToken cancellationToken) =>
        ScopeProbe.MissingAsync(_wire, credential, cancellationToken);

    /// <summary>
    /// Whether the id is real, and how people get on the list. Needs lists:read. With the count one call a second, 15 a minute.
    /// </summary>
    public async Task<KlaviyoAnswer<KlaviyoList>> GetListAsync(
        KlaviyoCredential credential,
        string listId,
        bool withProfileCount,
        CancellationToken cancellationToken
    )
    {
        if (!KlaviyoId.IsPossible(listId))
            return KlaviyoAnswer.Refused<KlaviyoList>(KlaviyoRefusal.ImpossibleId);
        var answer = withProfileCount
            ? await _wire.GetAsync(
                credential,
                KlaviyoEndpoint.GetListWithCount,
                $"api/lists/{listId}?additional-fields%5Blist%5D=profile_count",
                KlaviyoJson.Default.SingleListAttributes,
                cancellationToken
            )
            : await _wire.GetAsync(
                credential,
                KlaviyoEndpoint.GetList,
                $"api/lists/{listId}",
                KlaviyoJson.Default.SingleListAttributes,
                cancellationToken
            );
        return answer.Then(document => document.Data.ToList());
    }

    /// <summary>All lists of the account by name, however many pages of ten that takes. Needs lists:read.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page.</exception>
    public async IAsyncEnumerable<KlaviyoList> GetListsAsync(
        KlaviyoCredential credential,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var address = $"api/lists?sort=name&page%5Bsize%5D={KlaviyoLimits.ListPageSize}";
        await foreach (
            var list in _wire.GetPagesAsync(
                credential,
                KlaviyoEndpoint.GetLists,
                address,
                KlaviyoJson.Default.PageListAttributes,
                cancellationToken
            )
        )
            yield return list.ToList();
    }

    /// <summary>
    /// Hands over a body made by <see cref="ImportBody"/>; all of it becomes one job, or none of it. Needs lists:write and profiles:write.
    /// </summary>
    /// <returns>The job's id. Acceptance is not success: ask for the job until it is over.</returns>
    public async Task<KlaviyoAnswer<string>> ImportAsync(
        KlaviyoCredential credential,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        var answer = await _wire.PostAsync(
            credential,
            KlaviyoEndpoint.BulkImportProfiles,
            "api/profile-bulk-import-jobs",
            body,
            KlaviyoJson.Default.Created,
            cancellationToken
        );
        return answer.Then(job => job.Data.Id);
    }

    /// <summary>How far a job is. Needs lists:read and profiles:read.</summary>
    public async Task<KlaviyoAnswer<ImportJob>> GetImportJobAsync(
        KlaviyoCredential credential,
        string jobId,
        CancellationToken cancellationToken
    )
    {
        if (!KlaviyoId.IsPossible(jobId))
            return KlaviyoAnswer.Refused<ImportJob>(KlaviyoRefusal.ImpossibleId);
        var answer = await _wire.GetAsync(
            credential,
            KlaviyoEndpoint.GetImportJob,
            $"api/profile-bulk-import-jobs/{jobId}",
            KlaviyoJson.Default.SingleImportJobAttributes,
            cancellationToken
        );
        return answer.Then(document => document.Data.ToJob());
    }

    /// <summary>Every profile the job could not take, all pages. Needs profiles:read.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page.</exception>
    public async IAsyncEnumerable<ImportError> GetImportErrorsAsync(
        KlaviyoCredential credential,
        string jobId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var address = $"api/profile-bulk-import-jobs/{Possible(jobId)}/import-errors?page%5Bsize%5D={KlaviyoLimits.PageSize}";
        await foreach (
            var error in _wire.GetPagesAsync(
                credential,
                KlaviyoEndpoint.GetImportErrors,
                address,
                KlaviyoJson.Default.PageImportErrorAttributes,
                cancellationToken
            )
        )
            yield return error.ToImportError();
    }

    /// <summary>Everyone on the list, all pages. Needs lists:read and profiles:read.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page.</exception>
    public async IAsyncEnumerable<ListMember> GetListMembersAsync(
        KlaviyoCredential credential,
        string listId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var address =
            $"api/lists/{Possible(listId)}/profiles?fields%5Bprofile%5D=email,joined_group_at&page%5Bsize%5D={KlaviyoLimits.PageSize}";
        await foreach (
            var member in _wire.GetPagesAsync(
                credential,
                KlaviyoEndpoint.GetListProfiles,
                address,
                KlaviyoJson.Default.PageProfileAttributes,
                cancellationToken
            )
        )
            yield return new(member.Id, member.Attributes.Email, member.Attributes.JoinedGroupAt);
    }

    /// <summary>The profiles the account already has for these addresses. Needs profiles:read.</summary>
    /// <param name="emails">At most <see cref="KlaviyoLimits.EmailsPerLookup"/>.</param>
    /// <returns>Those that exist, in no order; an address nobody has is simply not among them.</returns>
    public async Task<KlaviyoAnswer<IReadOnlyList<KnownProfile>>> FindProfilesAsync(
        KlaviyoCredential credential,
        IReadOnlyList<string> emails,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(emails.Count, KlaviyoLimits.EmailsPerLookup);
        var found = new List<KnownProfile>(emails.Count);
        try
        {
            foreach (var filter in EmailFilter.For(emails))
            {
                var address = $"api/profiles?fields%5Bprofile%5D=email&page%5Bsize%5D={KlaviyoLimits.PageSize}&filter={filter}";
                await foreach (
                    var profile in _wire.GetPagesAsync(
                        credential,
                        KlaviyoEndpoint.GetProfiles,
                        address,
                        KlaviyoJson.Default.PageProfileAttributes,
                        cancellationToken
                    )
                )
                    if (profile.Attributes.Email is { } email)
                        found.Add(new(profile.Id, email));
            }
        }
        catch (KlaviyoRefusedException refused)
        {
            return KlaviyoAnswer.Refused<IReadOnlyList<KnownProfile>>(refused.Refusal);
        }

        return KlaviyoAnswer.Given<IReadOnlyList<KnownProfile>>(found);
    }

    /// <summary>Takes profiles off the list; their consent stays as it was. Needs lists:write and profiles:write.</summary>
    /// <param name="profileIds">At most <see cref="KlaviyoLimits.ProfilesPerRemoval"/>; those not on the list do no harm.</param>
    /// <returns>How many ids Klaviyo was given and took.</returns>
    public async Task<KlaviyoAnswer<int>> RemoveFromListAsync(
        KlaviyoCredential credential,
        string listId,
        IReadOnlyList<string> profileIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(profileIds.Count, KlaviyoLimits.ProfilesPerRemoval);
        if (!KlaviyoId.IsPossible(listId))
            return KlaviyoAnswer.Refused<int>(KlaviyoRefusal.ImpossibleId);
        if (profileIds.Count == 0)
            return KlaviyoAnswer.Given(0);
        var refusal = await _wire.DeleteAsync(
            credential,
            KlaviyoEndpoint.RemoveFromList,
            $"api/lists/{listId}/relationships/profiles",
            RemovalBody.For(profileIds),
            cancellationToken
        );
        return refusal is null ? KlaviyoAnswer.Given(profileIds.Count) : KlaviyoAnswer.Refused<int>(refusal);
    }

    private static string Possible(string id) =>
        KlaviyoId.IsPossible(id) ? id : throw new KlaviyoRefusedException(KlaviyoRefusal.ImpossibleId);
}
