namespace KlaviyoExport.Sources;

/// <summary>A source as a person fills it in. Texts as typed; the service trims and checks them.</summary>
public sealed class SourceDraft
{
    /// <summary>Null: a new source.</summary>
    public int? Id { get; set; }

    public string Name { get; set; } = "";

    public SourceKind Kind { get; set; }

    /// <summary>Full path, or what <see cref="SourceUploads.SaveAsync"/> returned.</summary>
    public string Location { get; set; } = "";

    /// <summary>One character or "tab"; empty: found out.</summary>
    public string? Delimiter { get; set; }

    /// <summary>Of a database.</summary>
    public string? Table { get; set; }

    public string? KeyColumn { get; set; }

    /// <summary>The version that was edited.</summary>
    public int Version { get; set; }

    public static SourceDraft Of(Source source) => new()
    {
        Id = source.Id,
        Name = source.Name,
        Kind = source.Kind,
        Location = source.Location,
        Delimiter = source.Delimiter,
        Table = source.Table,
        KeyColumn = source.KeyColumn,
        Version = source.Version,
    };
}
