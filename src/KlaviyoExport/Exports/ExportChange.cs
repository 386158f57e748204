using KlaviyoExport.Data;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>A change of an export that rooms above follow up, such as forgetting what is remembered of its list.</summary>
public abstract record ExportChange
{
    private ExportChange() { }

    /// <summary>It sends to another list or account now; what it delivered before says nothing about that one.</summary>
    public sealed record Redirected(int ExportId) : ExportChange;

    public sealed record ModeChanged(int ExportId, SyncMode Mode) : ExportChange;

    /// <summary>It lost its connection: what is remembered of people must go.</summary>
    public sealed record Detached(int ExportId) : ExportChange;

    /// <summary>The last connection to a Klaviyo account was removed; runs to it are kept, whom they concerned is not.</summary>
    public sealed record AccountLeft(string AccountId) : ExportChange;
}

/// <summary>Follows up a change in the transaction that makes it: both are saved or neither.</summary>
public delegate Task FollowExportChange(AppDb db, ExportChange change, CancellationToken cancellationToken);
