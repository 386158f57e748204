using KlaviyoExport.Data;

namespace KlaviyoExport.Sources;

/// <summary>Where unified customer profiles are read from, and what its last load found.</summary>
public sealed class Source : IVersioned
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public SourceKind Kind { get; set; }

    /// <summary>
    /// Full path of the file or folder, under one of Sources:Roots or the uploads; of a database server, host, port and database in words.
    /// </summary>
    public required string Location { get; set; }

    /// <summary>How to reach a database server; null for files.</summary>
    public SourceServer? Server { get; set; }

    /// <summary>The database password, encrypted; null for files.</summary>
    public byte[]? Password { get; set; }

    /// <summary>Field separator of a CSV; null: found out from the header.</summary>
    public string? Delimiter { get; set; }

    /// <summary>Table or view of unified profiles; null for CSV, which has one.</summary>
    public string? Table { get; set; }

    /// <summary>The column that names a profile.</summary>
    public required string KeyColumn { get; set; }

    /// <summary>
    /// Staging file of the load in force (CSV), relative to the data directory; null before the first load and for databases.
    /// </summary>
    public string? StagingFile { get; set; }

    public List<Field> Fields { get; set; } = [];

    public long RowCount { get; set; }

    public long MalformedCount { get; set; }

    /// <summary>The first 20 of the malformed rows.</summary>
    public List<MalformedRow> MalformedRows { get; set; } = [];

    /// <summary>When the load in force was made.</summary>
    public DateTimeOffset? LoadedAt { get; set; }

    /// <summary>Why the last load failed; null when it did not. The load before it stays in force.</summary>
    public LocalizedMessage? LastError { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public int Version { get; set; }
}
