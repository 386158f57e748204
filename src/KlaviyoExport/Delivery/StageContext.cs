using System.Diagnostics;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>The data that the stages of an execution share.</summary>
/// <param name="Of">The run, its export and the credential of its connection.</param>
/// <param name="Claim">Demanded by every transaction of a stage.</param>
internal sealed record StageContext(RunContext Of, RunClaim Claim)
{
    public int RunId => Of.RunId;

    public string AccountId => Of.AccountId;

    public string ListId => Of.ListId;

    public SyncMode SyncMode => Of.SyncMode;

    /// <summary>
    /// Whether the export had no memberships when this execution prepared the run. False when another execution has prepared it.
    /// </summary>
    public bool KnewNobody { get; set; }

    /// <summary>
    /// The people whom the batches do not contain because somebody has taken them off the list. Empty when another execution has prepared
    /// the run.
    /// </summary>
    public HashSet<Hash16> LeftOut { get; set; } = [];

    /// <summary>Whether all members were read and the ledger of Prepare is stored.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>The people who are to be left out of the batches when these are sent.</summary>
    public LatelyRemoved Late { get; set; } = LatelyRemoved.Nobody;

    /// <summary>The progress of the current stage. Null before the first one.</summary>
    public RunProgress? Progress { get; set; }

    /// <summary>The batches on their way. Null until the first one may be sent.</summary>
    public BatchFlow? Flow { get; set; }

    /// <summary>The span of the current stage. The parent of the calls that batches make, whichever stage has started these.</summary>
    public Activity? Span { get; set; }

    /// <summary>The run that this run undoes.</summary>
    /// <exception cref="InvalidOperationException">It undoes none.</exception>
    public int Undoes => Of.UndoesRunId ?? throw new InvalidOperationException($"Run {RunId} undoes no other run.");

    public Export Export => Of.Export;

    public KlaviyoCredential Credential => Of.Credential;
}
