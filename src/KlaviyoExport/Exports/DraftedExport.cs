using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>An export as a draft describes it, with everything that a run of it would need. It is not saved.</summary>
/// <param name="Export">The export with its source, segments and connection. Its ID is 0 for a new export.</param>
/// <param name="AccountId">The Klaviyo account of the connection.</param>
/// <param name="Credential">The key or tokens of the account.</param>
internal sealed record DraftedExport(Export Export, string AccountId, KlaviyoCredential Credential)
{
    /// <summary>
    /// The ID of the saved export whose deliveries count for a run of the draft. Null for a new export, and when the draft changes the
    /// list: what was delivered to another list does not count.
    /// </summary>
    public int? DeliveredBy { get; init; }

    /// <summary>
    /// Whether the draft changes the sync mode. Then the next run sends all members once more, and the addresses of the people who were
    /// delivered are not stored.
    /// </summary>
    public bool ChangesMode { get; init; }

    public SyncMode SyncMode => Export.SyncMode;
}
