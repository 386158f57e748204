namespace KlaviyoExport.Exports;

/// <summary>
/// Somebody else saved the export while it was being edited. Nothing was saved; the person decides, by the draft's OverwriteVersion or by
/// dropping it.
/// </summary>
public sealed class ExportConflictException(ExportDetails theirs)
    : LocalizedException(new LocalizedMessage("Exports.ChangedMeanwhile", theirs.Draft.Name))
{
    /// <summary>The export as it is now; its draft's version is the one to overwrite.</summary>
    public ExportDetails Theirs { get; } = theirs;
}
