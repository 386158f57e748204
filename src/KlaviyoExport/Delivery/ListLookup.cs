using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;

namespace KlaviyoExport.Delivery;

/// <summary>Asks Klaviyo who of some people is on the list of a run.</summary>
internal sealed class ListLookup(KlaviyoClient klaviyo)
{
    /// <summary>
    /// Returns those of the people who are on the list, by the hash of the address. One call for a hundred people, several calls at once.
    /// </summary>
    /// <exception cref="Runs.RunFailedException">Klaviyo refused a call, for example because the list does not exist.</exception>
    public async Task<Dictionary<Hash16, ListMember>> FindAsync(
        StageContext run,
        EmailHasher hasher,
        IReadOnlyList<string> emails,
        CancellationToken cancellationToken
    )
    {
        var members = new Dictionary<Hash16, ListMember>();
        var chunks = emails.Chunk(KlaviyoLimits.EmailsPerLookup);
        foreach (
            var member in (await InFlight.SelectAsync(chunks, InFlight.Lookups, FindAsync, cancellationToken)).SelectMany(found => found)
        )
            if (EmailAddress.TryNormalize(member.Email, out var email))
                members[hasher.Hash(email)] = member;
        return members;

        async Task<IReadOnlyList<ListMember>> FindAsync(string[] chunk, CancellationToken stopping)
        {
            var answer = await klaviyo.FindListMembersAsync(run.Credential, run.ListId, chunk, stopping);
            return answer.Succeeded ? answer.Value : throw Refusals.Fatal(answer.Refusal, run.ListId);
        }
    }
}
