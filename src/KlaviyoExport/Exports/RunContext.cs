using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>The data that the execution of a run needs. It is read once when the run starts or resumes.</summary>
/// <param name="Export">The export with its source, segments and connection.</param>
internal sealed record RunContext(
    int RunId,
    string AccountId,
    string ListId,
    SyncMode SyncMode,
    Export Export,
    KlaviyoCredential Credential
)
{
    /// <summary>Whether all members are sent, changed or not.</summary>
    public bool SendsEverything { get; init; }

    /// <summary>The run that this run undoes. Null for other runs.</summary>
    public int? UndoesRunId { get; init; }
}
