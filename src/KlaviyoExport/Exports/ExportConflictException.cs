namespace KlaviyoExport.Exports;

/// <summary>
/// Thrown when someone else saved the export while it was being edited. Nothing was saved. To overwrite the other change, set the draft's
/// OverwriteVersion.
/// </summary>
public sealed class ExportConflictException(ExportDetails theirs)
    : LocalizedException(new LocalizedMessage("Exports.ChangedMeanwhile", theirs.Draft.Name))
{
    /// <summary>The export as it is stored now. The version of its draft is the one to overwrite.</summary>
    public ExportDetails Theirs { get; } = theirs;
}
