namespace KlaviyoExport.Runs;

/// <summary>The reason why a run ended, waits or is retried. Code decides by it.</summary>
public enum RunOutcomeKind
{
    /// <summary>Klaviyo accepted all deliverable profiles.</summary>
    Delivered,

    /// <summary>The run has taken back what another run changed on the list.</summary>
    Undone,

    /// <summary>The run was to undo another run, which cannot be undone any more. The list was not changed.</summary>
    UndoRefused,

    /// <summary>Klaviyo refused some profiles.</summary>
    Refusals,

    /// <summary>Klaviyo did not report a result for some profiles.</summary>
    Unconfirmed,

    /// <summary>The counts of Klaviyo's jobs differ from the ledger.</summary>
    CountsDiffer,
    NoMembers,

    /// <summary>None of the rejected profiles to send again is still a member.</summary>
    NobodyToResend,

    /// <summary>No member has a valid email address.</summary>
    NobodyDeliverable,

    /// <summary>The audience of the export leaves out every member with a valid email address.</summary>
    NobodyInAudience,

    /// <summary>The run would change a large part of the list and waits for approval.</summary>
    NeedsApproval,

    /// <summary>A person rejected the run, or nobody approved it in time.</summary>
    NotApproved,
    Canceled,

    /// <summary>The system refresh skipped the export.</summary>
    Skipped,

    /// <summary>A source or a segment it depends on failed in the system refresh.</summary>
    SkippedUpstream,

    /// <summary>The segments exceed the maximum number of profiles of an export. Nothing was sent.</summary>
    OverCap,

    /// <summary>A mirror export has no deliverable members and would remove all its profiles from the list.</summary>
    WouldEmptyList,
    NoConnection,

    /// <summary>The connection of the export now belongs to another account than when the run was queued.</summary>
    AccountChanged,

    /// <summary>The connection has no export user who is an administrator.</summary>
    ExportUser,

    /// <summary>Klaviyo does not accept the connection's API key or tokens, they lack a scope, or they cannot be decrypted.</summary>
    Credentials,
    ListMissing,

    /// <summary>Klaviyo no longer supports the API revision in use.</summary>
    RevisionRetired,

    /// <summary>Klaviyo refused a call for another reason.</summary>
    Refused,

    /// <summary>The source cannot be read.</summary>
    Source,

    /// <summary>The definition of a segment no longer matches its source.</summary>
    Segment,

    /// <summary>Klaviyo is unavailable or cannot be reached.</summary>
    Outage,

    /// <summary>The store is unavailable.</summary>
    Store,
    Disk,

    /// <summary>A temporary fault remained after all retries.</summary>
    RetriesSpent,

    /// <summary>The ledger does not add up. This is a bug in the product.</summary>
    LedgerWrong,
    Bug,
}

/// <summary>The reason why a run ended or waits, and its message.</summary>
/// <param name="Kind">For decisions in code.</param>
/// <param name="Message">For people, with the numbers.</param>
public sealed record RunOutcome(RunOutcomeKind Kind, LocalizedMessage Message)
{
    /// <summary>Finds the outcome of a run that has completed all its stages.</summary>
    /// <param name="ledger">The final counts.</param>
    /// <param name="resends">Whether the run sent only the rejected profiles of another run.</param>
    internal static RunOutcome Of(Ledger ledger, bool resends) =>
        ledger switch
        {
            { Members: 0 } when resends => new(RunOutcomeKind.NobodyToResend, new LocalizedMessage("Delivery.NobodyToRetry")),
            { Members: 0 } => new(RunOutcomeKind.NoMembers, new LocalizedMessage("Delivery.NoMembers")),
            { Prepared: 0, Unchanged: 0, Respected: 0, OutsideAudience: > 0 } => new(
                RunOutcomeKind.NobodyInAudience,
                new LocalizedMessage("Delivery.NobodyInAudience", ledger.OutsideAudience)
            ),
            { Prepared: 0, Unchanged: 0, Respected: 0 } => new(
                RunOutcomeKind.NobodyDeliverable,
                new LocalizedMessage("Delivery.NobodyDeliverable", ledger.Members)
            ),
            { Prepared: 0 } => new(RunOutcomeKind.Delivered, new LocalizedMessage("Delivery.NothingNew")),
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

    /// <summary>Returns the outcome of a run that has undone another.</summary>
    internal static RunOutcome Undone(int runId, Ledger ledger) =>
        new(RunOutcomeKind.Undone, new LocalizedMessage("Delivery.Undone", runId, ledger.Removed, ledger.PutBack, ledger.Returning));

    /// <summary>Returns the outcome of a mirror run that would take everybody off the list.</summary>
    internal static RunOutcome WouldEmptyList(Ledger ledger) =>
        new(
            RunOutcomeKind.WouldEmptyList,
            ledger.Members == 0
                ? new LocalizedMessage("Delivery.WouldEmptyListNoMembers")
                : new LocalizedMessage("Delivery.WouldEmptyList", ledger.Members)
        );

    internal static RunOutcome LedgerWrong { get; } = new(RunOutcomeKind.LedgerWrong, new LocalizedMessage("Delivery.LedgerDoesNotAddUp"));

    internal static RunOutcome NoConnection { get; } = new(RunOutcomeKind.NoConnection, new LocalizedMessage("Delivery.NoConnection"));

    internal static RunOutcome Canceled(string? by) => new(RunOutcomeKind.Canceled, new LocalizedMessage("Delivery.Canceled", by));

    /// <summary>Adds how many members were left out because somebody has taken them off the list in Klaviyo, if there are any.</summary>
    internal RunOutcome WithRespected(Ledger ledger) =>
        ledger.Respected == 0 ? this : this with { Message = new LocalizedMessage("Delivery.WithRespected", Message, ledger.Respected) };

    /// <summary>Adds how many members the audience of the export left out, if there are any and the outcome does not say it already.</summary>
    internal RunOutcome WithAudience(Ledger ledger) =>
        ledger.OutsideAudience == 0 || Kind == RunOutcomeKind.NobodyInAudience
            ? this
            : this with
            {
                Message = new LocalizedMessage("Delivery.WithAudience", Message, ledger.OutsideAudience),
            };

    /// <summary>Adds what became of the profiles that have left the segments, if there are any.</summary>
    internal RunOutcome WithLeaving(Ledger ledger) =>
        ledger switch
        {
            { Leaving: 0 } => this,
            { AlreadyOff: 0 } => this with { Message = Leaving("Delivery.WithLeaving", ledger) },
            _ => this with { Message = Leaving("Delivery.WithLeavingOff", ledger, ledger.AlreadyOff) },
        };

    /// <summary>Adds that Klaviyo's counts differ from the ledger in some batches.</summary>
    internal RunOutcome WithDiffering(int batches) =>
        new(RunOutcomeKind.CountsDiffer, new LocalizedMessage("Delivery.CountsDiffer", Message, batches));

    private LocalizedMessage Leaving(string text, Ledger ledger, params object[] more) =>
        new(text, [Message, ledger.Leaving, ledger.Removed, ledger.KeptForOthers + ledger.KeptFromBefore, .. more]);
}
