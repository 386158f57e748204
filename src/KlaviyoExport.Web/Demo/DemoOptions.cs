namespace KlaviyoExport.Web.Demo;

/// <summary>
/// Section <c>Demo</c>: made-up customers, a practice Klaviyo in this process, and accounts whose passwords everybody knows.
/// </summary>
internal sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>Off unless set; the launch profile of <c>dotnet run</c> sets it, a published app has no such profile.</summary>
    public bool Enabled { get; set; }

    /// <summary>Where the practice Klaviyo listens; port 0 takes a free one.</summary>
    public string SandboxUrl { get; set; } = "http://127.0.0.1:5180";
}
