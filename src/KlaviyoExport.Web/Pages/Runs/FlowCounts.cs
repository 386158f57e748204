using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// Where the members of a run went, in profiles: read = left out + sent + not sent; sent = accepted + refused + unconfirmed + awaited.
/// </summary>
/// <param name="Read">Members.</param>
/// <param name="LeftOut">Without email, invalid, duplicate or unchanged.</param>
/// <param name="Sent">Handed to Klaviyo, or refused before for their size.</param>
/// <param name="NotSent">Prepared and not handed over, or not yet.</param>
/// <param name="Awaited">Handed over, and Klaviyo may still say what became of them.</param>
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
    /// <summary>Once a run has ended its ledger says it; until then its batches do.</summary>
    public static FlowCounts Of(RunFacts run, IReadOnlyList<BatchFacts> batches)
    {
        var ledger = run.Ledger;
        var leftOut = ledger.WithoutEmail + ledger.Invalid + ledger.Duplicate + ledger.Unchanged;
        if (run.State.IsFinal())
            return new(
                ledger.Members,
                leftOut,
                ledger.Prepared - ledger.Unsent,
                ledger.Unsent,
                ledger.Accepted,
                ledger.Refused,
                ledger.Unconfirmed,
                0
            );
        var sent = batches.Where(batch => batch.State >= BatchState.Sent).ToList();
        var (accepted, unconfirmed) = (sent.Sum(batch => (long)batch.Accepted), sent.Sum(batch => (long)batch.Unconfirmed));
        // Klaviyo names some as refused before it takes the rest of their batch.
        var refusedBefore = batches.Where(batch => batch.State < BatchState.Sent).Sum(batch => (long)batch.Refused);
        var refused = refusedBefore + sent.Sum(batch => (long)batch.Refused);
        var all = refusedBefore + sent.Sum(batch => (long)batch.Prepared);
        return new(
            ledger.Members,
            leftOut,
            all,
            Math.Max(0, ledger.Prepared - all),
            accepted,
            refused,
            unconfirmed,
            Math.Max(0, all - accepted - refused - unconfirmed)
        );
    }
}
