using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Sources;

/// <summary>Section <c>Sources</c>: what sources may read, and how much.</summary>
public sealed class SourceOptions
{
    public const string Section = "Sources";

    /// <summary>
    /// The full paths of the folders whose files can be sources, in addition to uploads. A symbolic link that leads outside all of them is
    /// refused.
    /// </summary>
    public IList<string> Roots { get; set; } = [];

    /// <summary>The maximum size of an upload, in bytes.</summary>
    public long MaxUploadBytes { get; set; } = 2_000_000_000;

    /// <summary>The maximum number of bytes that one person may upload to one server in a day (UTC).</summary>
    public long MaxUploadBytesPerDay { get; set; } = 20_000_000_000;

    /// <summary>
    /// The maximum size, in bytes, of the content of a packed file (gzip, zip, xlsx, Parquet), and of all files of a source that are copied
    /// from a store.
    /// </summary>
    public long MaxUnpackedBytes { get; set; } = 20_000_000_000;

    /// <summary>
    /// The time-out of a statement on a database server, or of the query of a source in a file, including reading its rows. From 1 second
    /// to 1 day. A read that a person waits for has a time-out of one minute at most.
    /// </summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Files in stores (<c>Sources:Remote:…</c>).</summary>
    public RemoteOptions Remote { get; set; } = new();

    /// <summary>
    /// Whether sources may sign in with the identity of the machine: its managed identity in Microsoft Entra, or what the default
    /// credentials of Azure or AWS find. Administrators of the product can then read whatever the identity may read.
    /// </summary>
    public bool AllowMachineIdentity { get; set; }

    /// <summary>
    /// Further hosts that may receive access tokens of Microsoft Entra for Azure SQL: names, or domains that start with a dot. The domains
    /// of Azure SQL, Synapse, Fabric and Dataverse are always permitted.
    /// </summary>
    public IList<string> EntraHosts { get; set; } = [];

    /// <summary>
    /// How often the product checks whether the columns of a source have changed, in addition to the checks at each load and in the
    /// minutes before a scheduled run. From 5 minutes to 7 days, or 0 for never.
    /// </summary>
    public TimeSpan ColumnCheckInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The longest time a statement may take while a person waits: a test, a preview, or a count while a segment is defined.
    /// </summary>
    internal TimeSpan GlanceTimeout => StatementTimeout < TimeSpan.FromMinutes(1) ? StatementTimeout : TimeSpan.FromMinutes(1);
}
