using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// The profile flow of a run, in numbers of profiles: read = left out + sent + not sent, and sent = accepted + rejected + unconfirmed +
/// awaited.
/// </summary>
/// <param name="Read">All members.</param>
/// <param name="LeftOut">Members without email address, with an invalid, duplicate or unchanged profile, taken off the list in
/// Klaviyo, or outside the audience of the export.</param>
/// <param name="Sent">Profiles sent to Klaviyo, and profiles rejected before their batch was sent.</param>
/// <param name="NotSent">Profiles prepared but not sent, or not sent yet.</param>
/// <param name="Accepted">Profiles that Klaviyo has accepted.</param>
/// <param name="Refused">Profiles that were rejected.</param>
/// <param name="Unconfirmed">Profiles sent whose result remains unknown.</param>
/// <param name="Awaited">Profiles sent whose result is still expected.</param>
public sealed record FlowCounts(
    long Read,
    long LeftOut,
    long Sent,
    long NotSent,
    long Accepted,
    long Refused,
    long Unconfirmed,
    long Awaited
)
{
    /// <summary>Returns the counts, from the ledger when the run has ended, and from the batches before.</summary>
    public static FlowCounts Of(RunFacts run, IReadOnlyList<BatchFacts> batches)
    {
        var ledger = run.Ledger;
        if (run.State.IsFinal())
            return new(
                ledger.Members,
                ledger.LeftOut,
                ledger.Prepared - ledger.Unsent,
                ledger.Unsent,
                ledger.Accepted,
                ledger.Refused,
                ledger.Unconfirmed,
                0
            );
        var sent = batches.Where(batch => batch.State >= BatchState.Sent).ToList();
        var (accepted, unconfirmed) = (sent.Sum(batch => (long)batch.Accepted), sent.Sum(batch => (long)batch.Unconfirmed));
        // Profiles can be rejected before Klaviyo accepts the rest of their batch.
        var refusedBefore = batches.Where(batch => batch.State < BatchState.Sent).Sum(batch => (long)batch.Refused);
        var refused = refusedBefore + sent.Sum(batch => (long)batch.Refused);
        var all = refusedBefore + sent.Sum(batch => (long)batch.Prepared);
        return new(
            ledger.Members,
            ledger.LeftOut,
            all,
            Math.Max(0, ledger.Prepared - all),
            accepted,
            refused,
            unconfirmed,
            Math.Max(0, all - accepted - refused - unconfirmed)
        );
    }
}
