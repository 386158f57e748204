namespace KlaviyoExport.Sources;

/// <summary>Section <c>Sources</c> of the configuration.</summary>
public sealed class SourceOptions
{
    public const string Section = "Sources";

    /// <summary>
    /// Full paths of the folders whose files may be read as sources (<c>Sources:Roots:0</c>, …), besides the uploads. None by default.
    /// A symbolic link inside one that leads out of all of them is refused.
    /// </summary>
    public IList<string> Roots { get; set; } = [];

    /// <summary>The most bytes an upload may have; 2 GB by default.</summary>
    public long MaxUploadBytes { get; set; } = 2_000_000_000;

    /// <summary>
    /// The most a database server may take for one statement, reading its rows included; five minutes by default. A look that a person
    /// waits for gets a minute at most.
    /// </summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
