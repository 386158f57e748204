namespace KlaviyoExport.Web.Security;

/// <summary>What somebody becomes the export user of: a connection, or one that is still being set up.</summary>
public sealed record ExportUserPlace(int Id, bool IsDraft)
{
    /// <summary>The wizard, or the page of the connection.</summary>
    public string Back => IsDraft ? $"/connections/setup/{Id}" : $"/connections/{Id}";

    /// <summary>Where one signs in anew for it.</summary>
    public string Page => Back + "/export-user";
}
