namespace KlaviyoExport.Web.Demo;

/// <summary>
/// Section <c>Demo</c>. Demo mode has fictional customers, a Klaviyo sandbox in this process, and accounts with a published password. It
/// accepts connections from this machine only.
/// </summary>
internal sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>Whether demo mode is on. The launch profile of <c>dotnet run</c> sets it to true.</summary>
    public bool Enabled { get; set; }

    /// <summary>The address at which the Klaviyo sandbox listens. Port 0 selects a free port.</summary>
    public string SandboxUrl { get; set; } = "http://127.0.0.1:5180";
}
