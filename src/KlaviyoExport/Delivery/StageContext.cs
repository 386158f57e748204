using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>What the stages of one execution of a run work with.</summary>
/// <param name="Of">The run, its export and the credential of its connection.</param>
/// <param name="Claim">Every transaction of a stage demands it.</param>
internal sealed record StageContext(RunContext Of, RunClaim Claim)
{
    public int RunId => Of.RunId;

    public string ListId => Of.ListId;

    public SyncMode SyncMode => Of.SyncMode;

    public Export Export => Of.Export;

    public KlaviyoCredential Credential => Of.Credential;
}
