namespace KlaviyoExport.Web.Practice;

/// <summary>Section <c>Practice</c>: the practice Klaviyo, a sandbox inside this server.</summary>
internal sealed class PracticeOptions
{
    public const string Section = "Practice";

    /// <summary>
    /// Whether administrators can add a connection to the practice Klaviyo. Has no effect with <c>Cluster:Enabled</c> or
    /// <c>Demo:Enabled</c>, where there is none.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
