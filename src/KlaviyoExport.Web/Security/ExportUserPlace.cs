namespace KlaviyoExport.Web.Security;

/// <summary>The connection, or the draft connection, that a person becomes the export user of.</summary>
public sealed record ExportUserPlace(int Id, bool IsDraft)
{
    /// <summary>The path of the wizard for a draft, or of the page of the connection.</summary>
    public string Back => IsDraft ? $"connections/setup/{Id}" : $"connections/{Id}";

    /// <summary>The path of the page where the person signs in again to become the export user.</summary>
    public string Page => Back + "/export-user";
}
