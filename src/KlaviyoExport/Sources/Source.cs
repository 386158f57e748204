using KlaviyoExport.Data;
using KlaviyoExport.Secrets;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Sources;

/// <summary>A source of unified customer profiles, and the results of its last load.</summary>
public sealed class Source : IVersioned
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public SourceKind Kind { get; set; }

    /// <summary>Whether it holds the sample customers of the product, see <see cref="SampleSource"/>.</summary>
    public bool IsSample { get; set; }

    /// <summary>
    /// The full path of the file or folder, under one of Sources:Roots or the uploads. For a database server: host, port and database as
    /// text.
    /// </summary>
    public required string Location { get; set; }

    /// <summary>How to reach the database server. Null for files.</summary>
    public SourceServer? Server { get; set; }

    /// <summary>Where the files are in a store. Null for local files and databases.</summary>
    public RemoteFiles? Remote { get; set; }

    /// <summary>The files of the current load, if they are in a store.</summary>
    public RemoteLoad? RemoteLoad { get; set; }

    /// <summary>
    /// The password of the database server or the secret of the store, encrypted. Null for local files, and when it is kept elsewhere.
    /// </summary>
    public byte[]? Password { get; set; }

    /// <summary>Where the password is kept when it is not in the store. In this case <see cref="Password"/> is null.</summary>
    public SecretPlace? PasswordFrom { get; set; }

    /// <summary>The field separator of CSV files. Null to detect it from the header.</summary>
    public string? Delimiter { get; set; }

    /// <summary>How the files are read. Null to find it out.</summary>
    public FileDialect? Dialect { get; set; }

    /// <summary>The table or view of unified profiles. Null for CSV and for a query.</summary>
    public string? Table { get; set; }

    /// <summary>The query that returns the unified profiles, instead of a table. Null for CSV and for a table.</summary>
    public string? Query { get; set; }

    /// <summary>The columns that identify a profile together. At least one.</summary>
    public required KeyColumns KeyColumns { get; set; }

    /// <summary>
    /// The staging file of the current load (CSV), relative to the data directory. Null before the first load and for databases.
    /// </summary>
    public string? StagingFile { get; set; }

    /// <summary>The fields of the current load. Their values are stored in <see cref="Samples"/>.</summary>
    public List<Field> Fields { get; set; } = [];

    /// <summary>Some values of the fields, encrypted. Null when there are none.</summary>
    public byte[]? Samples { get; set; }

    /// <summary>
    /// The columns of the files that are loaded. The others are neither stored nor shown. Null for all columns, and for databases.
    /// </summary>
    public List<string>? KeptFields { get; set; }

    /// <summary>How the values of fields are written, as decided by people. At most one for each field.</summary>
    public List<FormatChoice> Formats { get; set; } = [];

    public long RowCount { get; set; }

    public long MalformedCount { get; set; }

    /// <summary>The first 20 malformed rows.</summary>
    public List<MalformedRow> MalformedRows { get; set; } = [];

    /// <summary>What was repaired in the files of the current load.</summary>
    public List<Repair> Repairs { get; set; } = [];

    /// <summary>The time of the current load.</summary>
    public DateTimeOffset? LoadedAt { get; set; }

    /// <summary>
    /// When the data last changed, as of the last load or run: the time of the newest file, or the latest value of
    /// <see cref="ChangedAtColumn"/>. Null when it is not known.
    /// </summary>
    public DateTimeOffset? DataChangedAt { get; set; }

    /// <summary>The column of a database server with the time of the last change of a row. Null when there is none, and for files.</summary>
    public string? ChangedAtColumn { get; set; }

    /// <summary>The hours after which the data is too old, from 1. Null for no limit.</summary>
    public int? MaxAgeHours { get; set; }

    /// <summary>Whether data that is too old stops the exports. Otherwise it is only told.</summary>
    public bool StopsWhenOld { get; set; }

    /// <summary>Why the last load failed. The previous load is still used. Null when the last load succeeded.</summary>
    public LocalizedMessage? LastError { get; set; }

    /// <summary>How the columns have changed. Null when segments and exports find the columns that they were made for.</summary>
    public SchemaDrift? Drift { get; set; }

    /// <summary>When the columns were looked at last. Null before the first look.</summary>
    public DateTimeOffset? ColumnsCheckedAt { get; set; }

    /// <summary>Why the last look at the columns failed. Null when it succeeded.</summary>
    public LocalizedMessage? ColumnsFault { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public int Version { get; set; }
}
