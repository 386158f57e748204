using System.Globalization;
using System.Runtime.CompilerServices;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Calls the endpoints of Klaviyo's API that this product uses. It never subscribes, unsubscribes or suppresses a profile, and never
/// creates a list. The client observes Klaviyo's rate limits and retries failed attempts. Every method throws
/// <see cref="KlaviyoUnavailableException"/> when Klaviyo is unavailable.
/// </summary>
public sealed class KlaviyoClient
{
    private const string Consents = "api/profiles?fields%5Bprofile%5D=email,subscriptions&additional-fields%5Bprofile%5D=subscriptions";

    private const string Jobs =
        "api/profile-bulk-import-jobs?sort=-created_at&fields%5Bprofile-bulk-import-job%5D="
        + "status,created_at,total_count,completed_count,failed_count,expires_at,completed_at";

    private readonly KlaviyoWire _wire;
    private readonly KlaviyoRateLimits _limits;
    private readonly KlaviyoRetryOptions _retry;
    private readonly TimeProvider _time;

    internal KlaviyoClient(HttpClient http, IOptions<KlaviyoOptions> options, KlaviyoRateLimits limits, TimeProvider time, ILogger log)
    {
        _wire = new KlaviyoWire(http, options.Value, time, log);
        (_limits, _retry, _time) = (limits, options.Value.Retry, time);
    }

    /// <summary>
    /// Returns the account that the credential belongs to. Requires accounts:read. Klaviyo allows one call per second and 15 per minute.
    /// </summary>
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
                    $"Klaviyo returned {page.Data.Count} accounts for the key instead of one."
                )
        );
    }

    /// <summary>
    /// Returns the required read and write scopes that the credential lacks. Creates and changes nothing in the account. Does not check
    /// accounts:read: use <see cref="GetAccountAsync"/> for that.
    /// </summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a read for a reason other than a missing scope.</exception>
    public Task<IReadOnlyList<string>> GetMissingScopesAsync(KlaviyoCredential credential, CancellationToken cancellationToken) =>
        ScopeProbe.MissingAsync(_wire, credential, cancellationToken);

    /// <summary>
    /// Returns a list of the account. The result is a refusal of kind <see cref="KlaviyoRefusalKind.NotFound"/> when the account has no
    /// list with this id. Requires lists:read. With the profile count, Klaviyo allows one call per second and 15 per minute.
    /// </summary>
    public async Task<KlaviyoAnswer<KlaviyoList>> GetListAsync(
        KlaviyoCredential credential,
        string listId,
        bool withProfileCount,
        CancellationToken cancellationToken
    )
    {
        if (!KlaviyoId.IsPossible(listId))
            return KlaviyoAnswer.Refused<KlaviyoList>(KlaviyoRefusal.InvalidId);
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

    /// <summary>Returns all lists of the account, ordered by name. Reads them in pages of ten. Requires lists:read.</summary>
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
    /// Starts a bulk import with a body from <see cref="ImportBody"/>. Klaviyo accepts the whole body as one job, or refuses all of it.
    /// Requires lists:write and profiles:write.
    /// </summary>
    /// <returns>
    /// The job. It may still reject profiles: poll <see cref="GetImportJobAsync"/> until <see cref="ImportJob.IsOver"/>.
    /// </returns>
    public Task<KlaviyoAnswer<ImportReceipt>> ImportAsync(
        KlaviyoCredential credential,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    ) => ImportAsync(credential, () => new ReadOnlyMemoryContent(body), null, cancellationToken);

    /// <summary>Like the other overload, but reads the profiles while it sends them, and does not wait for the rate limit.</summary>
    /// <param name="credential">The key or tokens of the account.</param>
    /// <param name="place">A place from <see cref="ReserveImportAsync"/>.</param>
    /// <param name="listId">The list.</param>
    /// <param name="profiles">The profiles, within the limits of <see cref="KlaviyoLimits"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<KlaviyoAnswer<ImportReceipt>> ImportAsync(
        KlaviyoCredential credential,
        CallPlace place,
        string listId,
        ImportProfiles profiles,
        CancellationToken cancellationToken
    ) => ImportAsync(credential, () => new ImportContent(listId, profiles), place, cancellationToken);

    /// <summary>Waits until Klaviyo's rate limit allows one more bulk import.</summary>
    /// <exception cref="KlaviyoUnavailableException">
    /// Klaviyo has closed the endpoint for longer than <see cref="KlaviyoRetryOptions.Patience"/>, or no place became free within
    /// <see cref="KlaviyoRetryOptions.Deadline"/>.
    /// </exception>
    public async Task<CallPlace> ReserveImportAsync(KlaviyoCredential credential, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_retry.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var limiter = _limits.For(credential, KlaviyoEndpoint.BulkImportProfiles);
        try
        {
            return await limiter.ReserveAsync(either.Token);
        }
        catch (KlaviyoUnavailableException closed)
        {
            closed.MayHaveArrived = false;
            throw;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KlaviyoUnavailableException(
                UnavailableReason.TooManyRequests,
                "No call was allowed within Klaviyo:Retry:Deadline.",
                late
            )
            {
                MayHaveArrived = false,
            };
        }
    }

    private async Task<KlaviyoAnswer<ImportReceipt>> ImportAsync(
        KlaviyoCredential credential,
        Func<HttpContent> body,
        CallPlace? place,
        CancellationToken cancellationToken
    )
    {
        var attempts = new CallAttempts();
        var answer = await _wire.PostAsync(
            credential,
            KlaviyoEndpoint.BulkImportProfiles,
            "api/profile-bulk-import-jobs",
            body,
            KlaviyoJson.Default.Created,
            attempts,
            place,
            cancellationToken
        );
        return answer.Then(job => new ImportReceipt(
            job.Data.Id,
            job.Data.Attributes?.CreatedAt,
            IsOnlyOne: !attempts.EarlierMayHaveArrived
        ));
    }

    /// <summary>Returns the status and progress of an import job. Requires lists:read and profiles:read.</summary>
    public async Task<KlaviyoAnswer<ImportJob>> GetImportJobAsync(
        KlaviyoCredential credential,
        string jobId,
        CancellationToken cancellationToken
    )
    {
        if (!KlaviyoId.IsPossible(jobId))
            return KlaviyoAnswer.Refused<ImportJob>(KlaviyoRefusal.InvalidId);
        var answer = await _wire.GetAsync(
            credential,
            KlaviyoEndpoint.GetImportJob,
            $"api/profile-bulk-import-jobs/{jobId}",
            KlaviyoJson.Default.SingleImportJobAttributes,
            cancellationToken
        );
        return answer.Then(document => document.Data.ToJob());
    }

    /// <summary>
    /// Returns the import jobs of the account, newest first, of every status: one call names up to 100 jobs. The next page is requested
    /// only when the caller asks for more jobs, so stop when all jobs of interest were named. A job that Klaviyo creates meanwhile can make
    /// another one appear twice. Requires lists:read and profiles:read. Has rate limits of its own, not those of
    /// <see cref="GetImportJobAsync"/>: ten calls per second and 150 per minute.
    /// </summary>
    /// <remarks>
    /// Klaviyo can filter the jobs by status, but not by canceled. A filter would hide the jobs that have just ended, and each would then
    /// cost a call of its own. It cannot filter by time either; the order makes up for that. Jobs of other clients of the account are named
    /// too. Jobs that have expired are not.
    /// </remarks>
    /// <param name="credential">The key or tokens of the account.</param>
    /// <param name="createdFrom">
    /// The time, by Klaviyo's clock and in whole seconds, before which no job is of interest. Ends at the first older job. Null to read
    /// all jobs.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page.</exception>
    public async IAsyncEnumerable<ImportJob> GetImportJobsAsync(
        KlaviyoCredential credential,
        DateTimeOffset? createdFrom,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (
            var job in _wire.GetPagesAsync(
                credential,
                KlaviyoEndpoint.GetImportJobs,
                $"{Jobs}&page%5Bsize%5D={KlaviyoLimits.PageSize}",
                KlaviyoJson.Default.PageImportJobAttributes,
                cancellationToken
            )
        )
        {
            if (job.Attributes.CreatedAt < createdFrom)
                yield break;
            yield return job.ToJob();
        }
    }

    /// <summary>Returns an error for each profile that the job rejected. Reads all pages. Requires profiles:read.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page, or the text cannot be an id.</exception>
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

    /// <summary>Returns all profiles on the list. Reads all pages. Requires lists:read and profiles:read.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page, or the text cannot be an id.</exception>
    public IAsyncEnumerable<ListMember> GetListMembersAsync(
        KlaviyoCredential credential,
        string listId,
        CancellationToken cancellationToken
    ) => MembersAsync(credential, listId, "", cancellationToken);

    /// <summary>
    /// Returns the profiles that have joined the list at a time or later. Reads all pages. Requires lists:read and profiles:read.
    /// </summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page, or the text cannot be an id.</exception>
    public IAsyncEnumerable<ListMember> GetListMembersAsync(
        KlaviyoCredential credential,
        string listId,
        DateTimeOffset joinedFrom,
        CancellationToken cancellationToken
    )
    {
        // Klaviyo gives times in whole seconds.
        var from = joinedFrom.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var filter = Uri.EscapeDataString($"greater-or-equal(joined_group_at,{from})");
        return MembersAsync(credential, listId, $"&filter={filter}", cancellationToken);
    }

    /// <summary>
    /// Returns those of the people with these email addresses who are on the list. Requires lists:read and profiles:read.
    /// </summary>
    /// <param name="credential">The key or tokens of the account.</param>
    /// <param name="listId">The id of the list.</param>
    /// <param name="emails">At most <see cref="KlaviyoLimits.EmailsPerLookup"/> addresses.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The members, in no particular order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too many addresses.</exception>
    public async Task<KlaviyoAnswer<IReadOnlyList<ListMember>>> FindListMembersAsync(
        KlaviyoCredential credential,
        string listId,
        IReadOnlyList<string> emails,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(emails.Count, KlaviyoLimits.EmailsPerLookup);
        var found = new List<ListMember>(emails.Count);
        try
        {
            foreach (var filter in EmailFilter.For(emails))
            await foreach (var member in MembersAsync(credential, listId, $"&filter={filter}", cancellationToken))
                found.Add(member);
        }
        catch (KlaviyoRefusedException refused)
        {
            return KlaviyoAnswer.Refused<IReadOnlyList<ListMember>>(refused.Refusal);
        }

        return KlaviyoAnswer.Given<IReadOnlyList<ListMember>>(found);
    }

    /// <summary>
    /// Returns the profile of an email address with its consent to email marketing, or null when the account has no such profile. Requires
    /// profiles:read.
    /// </summary>
    public async Task<KlaviyoAnswer<EmailConsent?>> FindConsentAsync(
        KlaviyoCredential credential,
        string email,
        CancellationToken cancellationToken
    )
    {
        var filter = EmailFilter.For([email]).Single();
        var answer = await _wire.GetAsync(
            credential,
            KlaviyoEndpoint.GetProfiles,
            $"{Consents}&filter={filter}",
            KlaviyoJson.Default.PageConsentAttributes,
            cancellationToken
        );
        return answer.Then(page => page.Data is [var profile, ..] ? profile.ToConsent() : null);
    }

    /// <summary>
    /// Returns those of the people with these email addresses who have a profile in the account, with their consent to email marketing.
    /// Requires profiles:read.
    /// </summary>
    /// <param name="credential">The key or tokens of the account.</param>
    /// <param name="emails">At most <see cref="KlaviyoLimits.EmailsPerLookup"/> normalized addresses.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The consent by normalized address. An address without a profile is left out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too many addresses.</exception>
    public async Task<KlaviyoAnswer<IReadOnlyDictionary<string, EmailConsent>>> FindConsentsAsync(
        KlaviyoCredential credential,
        IReadOnlyList<string> emails,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(emails.Count, KlaviyoLimits.EmailsPerLookup);
        var found = new Dictionary<string, EmailConsent>(emails.Count, StringComparer.Ordinal);
        try
        {
            foreach (var filter in EmailFilter.For(emails))
            await foreach (
                var profile in _wire.GetPagesAsync(
                    credential,
                    KlaviyoEndpoint.GetProfiles,
                    $"{Consents}&page%5Bsize%5D={KlaviyoLimits.PageSize}&filter={filter}",
                    KlaviyoJson.Default.PageConsentAttributes,
                    cancellationToken
                )
            )
                // Klaviyo returns the address as it was stored, in any case.
                if (EmailAddress.TryNormalize(profile.Attributes.Email, out var email))
                    found[email] = profile.ToConsent();
        }
        catch (KlaviyoRefusedException refused)
        {
            return KlaviyoAnswer.Refused<IReadOnlyDictionary<string, EmailConsent>>(refused.Refusal);
        }
        return KlaviyoAnswer.Given<IReadOnlyDictionary<string, EmailConsent>>(found);
    }

    /// <summary>
    /// Adds existing profiles to the list. Their consent does not change. Requires lists:write and profiles:write.
    /// </summary>
    /// <param name="credential">The key or tokens of the account.</param>
    /// <param name="listId">The id of the list.</param>
    /// <param name="profileIds">
    /// At most <see cref="KlaviyoLimits.ProfilesPerAddition"/> ids. Klaviyo refuses all when one profile does not exist: see
    /// <see cref="KlaviyoError.DataIndex"/>. It ignores profiles that are on the list already.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of ids in the request that Klaviyo accepted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too many ids.</exception>
    public async Task<KlaviyoAnswer<int>> AddToListAsync(
        KlaviyoCredential credential,
        string listId,
        IReadOnlyList<string> profileIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(profileIds.Count, KlaviyoLimits.ProfilesPerAddition);
        return await ChangeMembersAsync(HttpMethod.Post, KlaviyoEndpoint.AddToList, credential, listId, profileIds, cancellationToken);
    }

    /// <summary>Removes profiles from the list. Their consent does not change. Requires lists:write and profiles:write.</summary>
    /// <param name="profileIds">
    /// At most <see cref="KlaviyoLimits.ProfilesPerRemoval"/> ids. Klaviyo ignores profiles that are not on the list.
    /// </param>
    /// <returns>The number of ids in the request that Klaviyo accepted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too many ids.</exception>
    public async Task<KlaviyoAnswer<int>> RemoveFromListAsync(
        KlaviyoCredential credential,
        string listId,
        IReadOnlyList<string> profileIds,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(profileIds.Count, KlaviyoLimits.ProfilesPerRemoval);
        return await ChangeMembersAsync(
            HttpMethod.Delete,
            KlaviyoEndpoint.RemoveFromList,
            credential,
            listId,
            profileIds,
            cancellationToken
        );
    }

    private async Task<KlaviyoAnswer<int>> ChangeMembersAsync(
        HttpMethod method,
        KlaviyoEndpoint endpoint,
        KlaviyoCredential credential,
        string listId,
        IReadOnlyList<string> profileIds,
        CancellationToken cancellationToken
    )
    {
        if (!KlaviyoId.IsPossible(listId))
            return KlaviyoAnswer.Refused<int>(KlaviyoRefusal.InvalidId);
        if (profileIds.Count == 0)
            return KlaviyoAnswer.Given(0);
        var refusal = await _wire.ChangeAsync(
            credential,
            endpoint,
            method,
            $"api/lists/{listId}/relationships/profiles",
            ProfileIdsBody.For(profileIds),
            cancellationToken
        );
        return refusal is null ? KlaviyoAnswer.Given(profileIds.Count) : KlaviyoAnswer.Refused<int>(refusal);
    }

    private async IAsyncEnumerable<ListMember> MembersAsync(
        KlaviyoCredential credential,
        string listId,
        string filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var address =
            $"api/lists/{Possible(listId)}/profiles?fields%5Bprofile%5D=email,joined_group_at&page%5Bsize%5D={KlaviyoLimits.PageSize}";
        await foreach (
            var member in _wire.GetPagesAsync(
                credential,
                KlaviyoEndpoint.GetListProfiles,
                address + filter,
                KlaviyoJson.Default.PageProfileAttributes,
                cancellationToken
            )
        )
            yield return new(member.Id, member.Attributes.Email, member.Attributes.JoinedGroupAt);
    }

    private static string Possible(string id) =>
        KlaviyoId.IsPossible(id) ? id : throw new KlaviyoRefusedException(KlaviyoRefusal.InvalidId);
}
