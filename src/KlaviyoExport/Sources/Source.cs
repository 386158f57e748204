using KlaviyoExport.Data;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources;

/// <summary>A source of unified customer profiles, and the results of its last load.</summary>
public sealed class Source : IVersioned
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public SourceKind Kind { get; set; }

    /// <summary>
    /// The full path of the file or folder, under one of Sources:Roots or the uploads. For a database server: host, port and database as
    /// text.
    /// </summary>
    public required string Location { get; set; }

    /// <summary>How to reach the database server. Null for files.</summary>
    public SourceServer? Server { get; set; }

    /// <summary>The database password, encrypted. Null for files.</summary>
    public byte[]? Password { get; set; }

    /// <summary>The field separator of CSV files. Null to detect it from the header.</summary>
    public string? Delimiter { get; set; }

    /// <summary>How the files are read. Null to find it out.</summary>
    public FileDialect? Dialect { get; set; }

    /// <summary>The table or view of unified profiles. Null for CSV and for a query.</summary>
    public string? Table { get; set; }

    /// <summary>The query that returns the unified profiles, instead of a table. Null for CSV and for a table.</summary>
    public string? Query { get; set; }

    /// <summary>The column that identifies a profile.</summary>
    public required string KeyColumn { get; set; }

    /// <summary>
    /// The staging file of the current load (CSV), relative to the data directory. Null before the first load and for databases.
    /// </summary>
    public string? StagingFile { get; set; }

    public List<Field> Fields { get; set; } = [];

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
