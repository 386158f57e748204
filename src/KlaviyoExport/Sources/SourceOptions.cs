using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Sources;

/// <summary>The options in configuration section <c>Sources</c>.</summary>
public sealed class SourceOptions
{
    public const string Section = "Sources";

    /// <summary>
    /// The full paths of the folders whose files may be read (<c>Sources:Roots:0</c>, …), in addition to the uploads. None by default. A
    /// symbolic link that leads outside all of them is refused.
    /// </summary>
    public IList<string> Roots { get; set; } = [];

    /// <summary>The maximum size of an upload in bytes. Default: 2 GB.</summary>
    public long MaxUploadBytes { get; set; } = 2_000_000_000;

    /// <summary>The maximum number of bytes that one person may upload in a day (UTC) to one server. Default: 20 GB.</summary>
    public long MaxUploadBytesPerDay { get; set; } = 20_000_000_000;

    /// <summary>
    /// The maximum size in bytes of the content of a packed file (gzip, zip, xlsx, Parquet), and of all files of a source that are copied
    /// from a store. Default: 20 GB.
    /// </summary>
    public long MaxUnpackedBytes { get; set; } = 20_000_000_000;

    /// <summary>
    /// The longest time a statement may take on a database server, or the query of a source in a file, including reading its rows. Default:
    /// five minutes. While a person waits, at most one minute.
    /// </summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The options of files in stores (<c>Sources:Remote:…</c>).</summary>
    public RemoteOptions Remote { get; set; } = new();

    /// <summary>
    /// Whether sources may sign in with the identity of the machine: its managed identity in Microsoft Entra, or what the default credentials
    /// of Azure or AWS find. Administrators of the product then read whatever the identity may read. Default: false.
    /// </summary>
    public bool AllowMachineIdentity { get; set; }

    /// <summary>
    /// Further hosts that may receive access tokens of Microsoft Entra for Azure SQL (<c>Sources:EntraHosts:0</c>, …): names, or domains
    /// that start with a dot. The domains of Azure SQL, Synapse, Fabric and Dataverse are permitted anyway.
    /// </summary>
    public IList<string> EntraHosts { get; set; } = [];

    /// <summary>
    /// How often the product looks whether the columns of a source have changed, in addition to loads and to the minutes before a
    /// scheduled run. From five minutes to seven days, or zero for never. Default: an hour.
    /// </summary>
    public TimeSpan ColumnCheckInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The longest time a statement may take while a person waits: a test, a preview, or a count while a segment is defined.
    /// </summary>
    internal TimeSpan GlanceTimeout => StatementTimeout < TimeSpan.FromMinutes(1) ? StatementTimeout : TimeSpan.FromMinutes(1);
}
