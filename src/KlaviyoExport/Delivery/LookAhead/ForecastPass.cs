using System.Text;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Reads the members once, as the Prepare stage does, and counts what a run would do with them.</summary>
internal sealed class ForecastPass(MemberPass members, KlaviyoClient klaviyo, Memberships memberships, IOptions<DeliveryOptions> options)
{
    /// <summary>The largest number of people in a sample.</summary>
    public const int Sample = 1_000;

    /// <summary>Asks Klaviyo about every candidate.</summary>
    public async Task<Forecast> ExactAsync(Rehearsal rehearsal, ForecastMeter meter, CancellationToken cancellationToken)
    {
        var listId = rehearsal.Scope.ListId;
        var (tally, batches, candidates) = (new ForecastTally(listId), new BatchCount(listId, options.Value), 0L);
        await foreach (var member in members.ReadAsync(rehearsal.Scope, rehearsal.Sorter, cancellationToken))
        {
            meter.Count();
            if (member.Row is { } row)
                batches.Add(row);
            if (member.Candidate is null)
                continue;
            candidates++;
            tally.Add(member.Consent, member.Row is not null);
        }
        var leaving = await LeavingAsync(rehearsal, rehearsal.Sorter.Leaving, cancellationToken);
        return Of(rehearsal, tally.Of(candidates), rehearsal.Sorter.Ledger, leaving, batches.Batches, isEstimated: false);
    }

    /// <summary>Asks Klaviyo about a sample of the candidates.</summary>
    public async Task<Forecast> SampledAsync(Rehearsal rehearsal, ForecastMeter meter, CancellationToken cancellationToken)
    {
        var (scope, sorter) = (rehearsal.Scope, rehearsal.Sorter);
        var isLimited = scope.Export.Audience.IsLimited;
        // Without a limited audience nobody needs to be asked about to decide, and the ledger is exact.
        var (batches, candidates) = (new BatchCount(scope.ListId, options.Value), 0L);
        var sample = new SampleOf<(Candidate Candidate, bool IsSent)>(Sample);
        await foreach (var read in members.MembersAsync(scope, sorter, cancellationToken))
        {
            meter.Count();
            if (sorter.Admit(read).Candidate is not { } candidate)
                continue;
            candidates++;
            var row = isLimited ? null : MemberPass.Decided(sorter, candidate).Row;
            if (row is not null)
                batches.Add(row);
            sample.Offer(Hash16.OfContent(Encoding.UTF8.GetBytes(candidate.Email)), (candidate, row is not null));
        }

        var gone = sorter.Leaving.ToList();
        var before = gone.ToHashSet();
        var tally = new ForecastTally(scope.ListId);
        await using (var lookup = new ConsentLookup(klaviyo, scope.Credential, cancellationToken))
        {
            // In the order of reading, because the first member with a phone number is sent with it.
            var sent = sample.Items.OrderBy(item => item.Candidate.Ordinal).ToDictionary(item => item.Candidate, item => item.IsSent);
            foreach (var candidate in sent.Keys)
            foreach (var answered in await lookup.AddAsync(candidate))
                Take(answered.Candidate, answered.Consent);
            await foreach (var answered in lookup.RestAsync())
                Take(answered.Candidate, answered.Consent);

            void Take(Candidate candidate, EmailConsent? consent)
            {
                var row = isLimited ? MemberPass.Decided(scope, sorter, candidate, consent).Row : null;
                if (row is not null)
                    batches.Add(row);
                tally.Add(consent, row is not null || sent[candidate]);
            }
        }

        var counts = tally.Of(candidates);
        var leaving = await LeavingAsync(rehearsal, gone, cancellationToken);
        if (!isLimited || counts.People.IsExact)
        {
            var left = isLimited ? await LeavingAsync(rehearsal, sorter.Leaving, cancellationToken) : leaving;
            return Of(rehearsal, counts, sorter.Ledger, left, batches.Batches, isEstimated: false);
        }
        var outside = await LeavingAsync(rehearsal, sorter.Leaving.Where(hash => !before.Contains(hash)), cancellationToken);
        var scale = candidates / (double)counts.People.Asked;
        var ledger = Scaled(sorter.Ledger, candidates, scale);
        return Of(
            rehearsal,
            counts,
            ledger,
            (leaving.Leaving + Times(outside.Leaving, scale), leaving.Shared + Times(outside.Shared, scale)),
            batches.ScaledTo(ledger.Prepared),
            isEstimated: true
        );
    }

    /// <summary>Scales what was decided about the sample. What remains of all candidates is prepared, so that the ledger adds up.</summary>
    private static Ledger Scaled(Ledger sampled, long candidates, double scale)
    {
        // Admitting was exact, so everybody whom it rejected is in the ledger already; a profile that is too large counts as invalid.
        var rejected = sampled.WithoutEmail + sampled.Duplicate + sampled.Respected;
        var invalid = sampled.Members - candidates - rejected;
        var ledger = new Ledger
        {
            Members = sampled.Members,
            WithoutEmail = sampled.WithoutEmail,
            Duplicate = sampled.Duplicate,
            Respected = sampled.Respected,
            Invalid = invalid + Times(sampled.Invalid - invalid, scale),
            Unchanged = Times(sampled.Unchanged, scale),
            NotInKlaviyo = Times(sampled.NotInKlaviyo, scale),
            NotSubscribed = Times(sampled.NotSubscribed, scale),
            Suppressed = Times(sampled.Suppressed, scale),
        };
        ledger.Prepared = Math.Max(0, ledger.Members - ledger.LeftOut);
        // Rounding may have counted one or two people too many.
        ledger.Unchanged = Math.Max(0, ledger.Unchanged + ledger.Members - ledger.LeftOut - ledger.Prepared);
        return ledger;
    }

    private async Task<(long Leaving, long Shared)> LeavingAsync(
        Rehearsal rehearsal,
        IEnumerable<Hash16> leaving,
        CancellationToken cancellationToken
    )
    {
        var drafted = rehearsal.Drafted;
        // A changed mode forgets the addresses, and without an address nobody can be taken off.
        if (drafted.SyncMode != SyncMode.Mirror || drafted.ChangesMode || drafted.DeliveredBy is not { } exportId)
            return (0, 0);
        return await memberships.CountLeavingAsync(exportId, leaving, rehearsal.Others, cancellationToken);
    }

    private static Forecast Of(
        Rehearsal rehearsal,
        (ForecastPeople People, Estimate New) counts,
        Ledger ledger,
        (long Leaving, long Shared) leaving,
        long batches,
        bool isEstimated
    )
    {
        var deliverable = ledger.Prepared + ledger.Unchanged;
        var overCap = deliverable > rehearsal.Limit.Max;
        var mirrors = rehearsal.Drafted.SyncMode == SyncMode.Mirror;
        // A run over the cap ends before it looks at the list.
        (ledger.Leaving, ledger.KeptForOthers) = overCap ? (0, 0) : leaving;
        return new Forecast
        {
            Ledger = ledger,
            IsEstimated = isEstimated,
            People = counts.People,
            NewProfiles = counts.New,
            Calls = CallsOf(rehearsal, counts.People.All, batches, ledger.Leaving - ledger.KeptForOthers),
            Obstacle =
                overCap ? rehearsal.Limit.OutcomeFor(deliverable).Message
                : mirrors && rehearsal.Sorter.WouldEmptyList ? RunOutcome.WouldEmptyList(ledger).Message
                : null,
        };
    }

    private static ForecastCalls CallsOf(Rehearsal rehearsal, long candidates, long batches, long removals)
    {
        var lookups = rehearsal.Scope.Export.Audience.IsLimited ? Chunks(candidates, KlaviyoLimits.EmailsPerLookup) : 0;
        var (found, removed) = (Chunks(removals, KlaviyoLimits.EmailsPerLookup), Chunks(removals, KlaviyoLimits.ProfilesPerRemoval));
        var minutes =
            (lookups / (double)KlaviyoEndpoint.GetProfiles.Steady)
            + (batches / (double)KlaviyoEndpoint.BulkImportProfiles.Steady)
            + (batches / (double)KlaviyoEndpoint.GetImportJob.Steady)
            + (found / (double)KlaviyoEndpoint.GetListProfiles.Steady)
            + (removed / (double)KlaviyoEndpoint.RemoveFromList.Steady);
        return new ForecastCalls(lookups, batches, found + removed, TimeSpan.FromMinutes(minutes));
    }

    private static long Chunks(long count, int size) => (count + size - 1) / size;

    private static long Times(long count, double scale) => (long)Math.Round(count * scale);
}
