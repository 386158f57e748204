namespace KlaviyoExport.Runs;

/// <summary>What ended a run, holds it up, or makes it try again; what pages and other rooms decide by.</summary>
public enum RunOutcomeKind
{
    /// <summary>All that could be delivered was accepted.</summary>
    Delivered,

    /// <summary>Klaviyo refused some profiles.</summary>
    Refusals,

    /// <summary>Of some profiles Klaviyo never said what became of them.</summary>
    Unconfirmed,

    /// <summary>Klaviyo's own counts disagree with the ledger.</summary>
    CountsDiffer,
    NoMembers,

    /// <summary>None of the rejected profiles that it was to send again is a member any more.</summary>
    NobodyToResend,

    /// <summary>No member has an address that can be sent.</summary>
    NobodyDeliverable,

    /// <summary>It would change much and waits for approval.</summary>
    NeedsApproval,

    /// <summary>Somebody rejected it, or nobody approved it in time.</summary>
    NotApproved,
    Canceled,

    /// <summary>The system refresh left it out.</summary>
    Skipped,

    /// <summary>A source or a segment it depends on failed in the system refresh.</summary>
    SkippedUpstream,

    /// <summary>More profiles than an export may send; nothing was sent.</summary>
    OverCap,

    /// <summary>A mirror export without deliverable members, which would take everybody off the list.</summary>
    WouldEmptyList,
    NoConnection,

    /// <summary>The export's connection leads to another account than when the run was queued.</summary>
    AccountChanged,

    /// <summary>The connection has no export user who is an administrator.</summary>
    ExportUser,

    /// <summary>Klaviyo does not accept the connection's key or tokens, they lack a scope, or they cannot be read.</summary>
    Credentials,
    ListMissing,

    /// <summary>Klaviyo no longer serves the API revision this product speaks.</summary>
    RevisionRetired,

    /// <summary>Klaviyo refused a call for another reason.</summary>
    Refused,

    /// <summary>The source cannot be read.</summary>
    Source,

    /// <summary>A segment's definition does not fit its source any more.</summary>
    Segment,

    /// <summary>Klaviyo or the way to it does not work.</summary>
    Outage,

    /// <summary>The product's own store does not work.</summary>
    Store,
    Disk,

    /// <summary>A fault that may pass did not, over all retries.</summary>
    RetriesSpent,

    /// <summary>The ledger does not add up: a bug, whatever else is true.</summary>
    LedgerWrong,
    Bug,
}

/// <summary>What ended a run, or what it waits for.</summary>
/// <param name="Message">The same for people, with its numbers.</param>
public sealed record RunOutcome(RunOutcomeKind Kind, LocalizedMessage Message)
{
    /// <summary>The end of a run whose stages are all done.</summary>
    /// <param name="ledger">Added up.</param>
    /// <param name="resends">Whether it sent only what another run rejected.</param>
    internal static RunOutcome Of(Ledger ledger, bool resends) =>
        ledger switch
        {
            { Members: 0 } when resends => new(RunOutcomeKind.NobodyToResend, new LocalizedMessage("Delivery.NobodyToRetry")),
            { Members: 0 } => new(RunOutcomeKind.NoMembers, new LocalizedMessage("Delivery.NoMembers")),
            { Prepared: 0, Unchanged: 0 } => new(
                RunOutcomeKind.NobodyDeliverable,
                new LocalizedMessage("Delivery.NobodyDeliverable", ledger.Members)
            ),
            { Refused: 0, Unconfirmed: 0 } => new(RunOutcomeKind.Delivered, new LocalizedMessage("Delivery.Successful", ledger.Accepted)),
            { Unconfirmed: 0 } => new(
                RunOutcomeKind.Refusals,
                new LocalizedMessage("Delivery.WithRefusals", ledger.Accepted, ledger.Refused)
            ),
            _ => new(
                RunOutcomeKind.Unconfirmed,
                new LocalizedMessage("Delivery.WithUnconfirmed", ledger.Accepted, ledger.Refused, ledger.Unconfirmed)
            ),
        };

    internal static RunOutcome LedgerWrong { get; } = new(RunOutcomeKind.LedgerWrong, new LocalizedMessage("Delivery.LedgerDoesNotAddUp"));

    internal static RunOutcome NoConnection { get; } = new(RunOutcomeKind.NoConnection, new LocalizedMessage("Delivery.NoConnection"));

    internal static RunOutcome Canceled(string? by) => new(RunOutcomeKind.Canceled, new LocalizedMessage("Delivery.Canceled", by));

    internal static RunOutcome OverCap(long deliverable, long cap) =>
        new(RunOutcomeKind.OverCap, new LocalizedMessage("Delivery.OverCap", deliverable, cap, deliverable - cap));

    /// <summary>This end, and batches of which Klaviyo counted otherwise.</summary>
    internal RunOutcome WithDiffering(int batches) =>
        new(RunOutcomeKind.CountsDiffer, new LocalizedMessage("Delivery.CountsDiffer", Message, batches));
}
