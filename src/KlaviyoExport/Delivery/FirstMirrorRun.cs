using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Counts the people on the list of a mirror export who are neither in its segments nor held by another export, before its first run.
/// Whoever expects that the list will then be equal to the segments must know that they stay on it.
/// </summary>
internal sealed class FirstMirrorRun(IDbContextFactory<AppDb> stores, KlaviyoClient klaviyo, EmailHashes keys, ListHolders holders)
{
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    /// <summary>Reads the list, before the run adds anybody to it: one call for a hundred members.</summary>
    /// <returns>Null when it is not the first run to the list.</returns>
    /// <exception cref="RunFailedException">Klaviyo refused a call, for example because the list does not exist.</exception>
    public async Task<ListBefore?> ReadAsync(StageContext run, CancellationToken cancellationToken)
    {
        if (!await IsFirstAsync(run, cancellationToken))
            return null;
        using var hasher = await keys.LoadAsync(cancellationToken);
        var list = new ListBefore([], 0);
        try
        {
            await foreach (var member in klaviyo.GetListMembersAsync(run.Credential, run.ListId, cancellationToken))
                if (EmailAddress.TryNormalize(member.Email, out var email))
                    list.People.Add(hasher.Hash(email));
                else
                    list = list with { WithoutEmail = list.WithoutEmail + 1 };
        }
        catch (KlaviyoRefusedException refused)
        {
            throw Refusals.Fatal(refused.Refusal, run.ListId);
        }
        return list;
    }

    /// <summary>Counts the strangers, when all members of the segments are known.</summary>
    /// <returns>Null when there are none.</returns>
    public async Task<MirrorStrangers?> CountAsync(
        ListBefore list,
        MemberSorter members,
        IReadOnlyList<int> otherExports,
        CancellationToken cancellationToken
    )
    {
        var strangers = list.People.FindAll(hash => !members.Contains(hash)).ConvertAll(hash => hash.ToArray());
        var held = await holders.HeldAsync(new OtherHolders(otherExports, false, []), strangers, cancellationToken);
        return list.WithoutEmail + strangers.Count - held.Count is > 0 and var count
            ? new MirrorStrangers(count, list.WithoutEmail + list.People.Count)
            : null;
    }

    private async Task<bool> IsFirstAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return !await db.Set<Run>()
            .AnyAsync(
                other =>
                    other.ExportId == run.Export.Id
                    && other.ListId == run.ListId
                    && other.SyncMode == SyncMode.Mirror
                    && Delivered.Contains(other.State),
                cancellationToken
            );
    }
}

/// <summary>A list as it was before the run.</summary>
/// <param name="People">Its members with an address.</param>
/// <param name="WithoutEmail">The number of its other members.</param>
internal sealed record ListBefore(List<Hash16> People, int WithoutEmail);

/// <param name="Strangers">The number of people on the list who are not in the segments and whom no other export holds.</param>
/// <param name="Members">The number of people on the list.</param>
internal sealed record MirrorStrangers(int Strangers, int Members);
