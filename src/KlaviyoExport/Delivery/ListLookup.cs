using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;

namespace KlaviyoExport.Delivery;

/// <summary>Asks Klaviyo who of some people is on the list of a run.</summary>
internal sealed class ListLookup(KlaviyoClient klaviyo)
{
    /// <summary>Returns those of the people who are on the list, by the hash of the address. One call for a hundred people.</summary>
    /// <exception cref="Runs.RunFailedException">Klaviyo refused a call, for example because the list does not exist.</exception>
    public async Task<Dictionary<Hash16, ListMember>> FindAsync(
        StageContext run,
        EmailHasher hasher,
        IReadOnlyList<string> emails,
        CancellationToken cancellationToken
    )
    {
        var members = new Dictionary<Hash16, ListMember>();
        foreach (var chunk in emails.Chunk(KlaviyoLimits.EmailsPerLookup))
        {
            var answer = await klaviyo.FindListMembersAsync(run.Credential, run.ListId, chunk, cancellationToken);
            if (!answer.Succeeded)
                throw Refusals.Fatal(answer.Refusal, run.ListId);
            foreach (var member in answer.Value)
                if (EmailAddress.TryNormalize(member.Email, out var email))
                    members[hasher.Hash(email)] = member;
        }
        return members;
    }
}
