using System.Security.Cryptography;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using KlaviyoExport.Secrets;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>A fault that stopped the work on a run.</summary>
/// <param name="IsTransient">Whether a retry may help. Otherwise a person must correct something.</param>
internal sealed record RunFault(RunOutcome Outcome, bool IsTransient)
{
    /// <summary>
    /// Whether the connection is the cause (its key, its scopes, its export user, or the network), rather than the export or the store.
    /// </summary>
    public bool IsOfConnection =>
        Outcome.Kind is RunOutcomeKind.Credentials or RunOutcomeKind.ExportUser or RunOutcomeKind.RevisionRetired or RunOutcomeKind.Outage;

    public static RunFault Of(Exception fault, string listId) =>
        fault switch
        {
            RunFailedException failed => ForGood(failed.Outcome),
            KlaviyoUnavailableException outage => Passing(RunOutcomeKind.Outage, KlaviyoMessages.For(outage)),
            KlaviyoRefusedException refused => ForGood(Of(refused.Refusal, listId)),
            SecretUnavailableException outage => Passing(RunOutcomeKind.Credentials, outage.LocalizedMessage),
            SecretException lost => ForGood(new(RunOutcomeKind.Credentials, lost.LocalizedMessage)),
            CredentialsException lost => ForGood(new(RunOutcomeKind.Credentials, lost.LocalizedMessage)),
            CryptographicException => ForGood(new(RunOutcomeKind.Credentials, new LocalizedMessage("Delivery.KeysLost"))),
            SourceException { Fault: var source } => new(new(RunOutcomeKind.Source, source.Message), source.IsTransient),
            SegmentUnreadableException segment => ForGood(new(RunOutcomeKind.Segment, segment.LocalizedMessage)),
            LocalizedException told => ForGood(new(RunOutcomeKind.Refused, told.LocalizedMessage)),
            _ when StoreFaults.IsTransient(fault) => Passing(RunOutcomeKind.Store, new LocalizedMessage("Delivery.StoreFault")),
            IOException => Passing(RunOutcomeKind.Disk, new LocalizedMessage("Delivery.DiskFault")),
            _ => ForGood(new(RunOutcomeKind.Bug, new LocalizedMessage("Delivery.Bug", fault.GetType().Name))),
        };

    /// <summary>Returns the fault for a refused call that concerns a list.</summary>
    public static RunOutcome Of(KlaviyoRefusal refusal, string listId) => new(KindOf(refusal), KlaviyoMessages.ForList(refusal, listId));

    private static RunOutcomeKind KindOf(KlaviyoRefusal refusal) =>
        refusal switch
        {
            { IsListMissing: true } => RunOutcomeKind.ListMissing,
            { Kind: KlaviyoRefusalKind.InvalidKey or KlaviyoRefusalKind.MissingScope } => RunOutcomeKind.Credentials,
            { Kind: KlaviyoRefusalKind.RetiredRevision } => RunOutcomeKind.RevisionRetired,
            _ => RunOutcomeKind.Refused,
        };

    private static RunFault Passing(RunOutcomeKind kind, LocalizedMessage message) => new(new(kind, message), IsTransient: true);

    private static RunFault ForGood(RunOutcome outcome) => new(outcome, IsTransient: false);
}
