using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Delivery;

/// <summary>What the stages of one run need to know; read once when the run starts or goes on.</summary>
/// <param name="Export">With source, segments and connection.</param>
internal sealed record StageContext(int RunId, string ListId, SyncMode SyncMode, Export Export, KlaviyoCredential Credential);
