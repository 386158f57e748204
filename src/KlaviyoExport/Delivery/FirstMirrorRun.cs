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

    /// <summary>Reads the list: one call for a hundred members.</summary>
    /// <returns>Null when it is not the first run to the list, or when there are no such people.</returns>
    /// <exception cref="RunFailedException">Klaviyo refused a call, for example because the list does not exist.</exception>
    public async Task<MirrorStrangers?> CountAsync(
        StageContext run,
        MemberSorter members,
        IReadOnlyList<int> otherExports,
        CancellationToken cancellationToken
    )
    {
        if (!await IsFirstAsync(run, cancellationToken))
            return null;
        using var hasher = await keys.LoadAsync(cancellationToken);
        var (strangers, total) = (new List<byte[]>(), 0);
        var unknown = 0;
        try
        {
            await foreach (var member in klaviyo.GetListMembersAsync(run.Credential, run.ListId, cancellationToken))
            {
                total++;
                if (!EmailAddress.TryNormalize(member.Email, out var email))
                    unknown++;
                else if (hasher.Hash(email) is var hash && !members.Contains(hash))
                    strangers.Add(hash.ToArray());
            }
        }
        catch (KlaviyoRefusedException refused)
        {
            throw Refusals.Fatal(refused.Refusal, run.ListId);
        }
        var held = await holders.HeldAsync(new OtherHolders(otherExports, false, []), strangers, cancellationToken);
        return unknown + strangers.Count - held.Count is > 0 and var count ? new MirrorStrangers(count, total) : null;
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

/// <param name="Strangers">The number of people on the list who are not in the segments and whom no other export holds.</param>
/// <param name="Members">The number of people on the list.</param>
internal sealed record MirrorStrangers(int Strangers, int Members);
