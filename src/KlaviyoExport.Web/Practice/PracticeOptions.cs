namespace KlaviyoExport.Web.Practice;

/// <summary>Settings in the section <c>Practice</c>.</summary>
internal sealed class PracticeOptions
{
    public const string Section = "Practice";

    /// <summary>
    /// Whether administrators can add a connection to the practice Klaviyo, a sandbox inside this server. Default: true. Never with
    /// <c>Cluster:Enabled</c> or <c>Demo:Enabled</c>.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
