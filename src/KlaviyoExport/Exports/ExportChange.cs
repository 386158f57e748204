using KlaviyoExport.Data;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>A change of an export that the rooms above follow, for example to delete what is stored about its list.</summary>
public abstract record ExportChange
{
    private ExportChange() { }

    /// <summary>The export will be sent to another list or account. What it delivered before does not apply there.</summary>
    public sealed record Redirecting(int ExportId) : ExportChange;

    /// <summary>The export, with everything stored about it, will be removed.</summary>
    public sealed record Removing(int ExportId) : ExportChange;

    /// <summary>The export has another sync mode now.</summary>
    public sealed record ModeChanged(int ExportId, SyncMode Mode) : ExportChange;

    /// <summary>The connection will be removed from the export. Its stored personal data must be deleted.</summary>
    public sealed record Detaching(int ExportId) : ExportChange;

    /// <summary>
    /// The last connection to a Klaviyo account was removed. Runs for the account are kept, but the personal data in them must be
    /// deleted.
    /// </summary>
    public sealed record AccountLeft(string AccountId) : ExportChange;
}

/// <summary>Follows a change in the same transaction: both are saved or neither.</summary>
public delegate Task FollowExportChange(AppDb db, ExportChange change, CancellationToken cancellationToken);
