using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>What work on a run needs to know; read once when the run starts or is resumed.</summary>
/// <param name="Export">With source, segments and connection.</param>
internal sealed record RunContext(int RunId, string ListId, SyncMode SyncMode, Export Export, KlaviyoCredential Credential);
