using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources.Drift;

/// <summary>What happened to a column of a source.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnChangeKind>))]
public enum ColumnChangeKind
{
    /// <summary>The column no longer exists, or the user of the database may no longer read it.</summary>
    Gone,

    /// <summary>The type of the column has changed so that it can change what a condition means.</summary>
    Retyped,

    /// <summary>The column is new.</summary>
    Added,
}

/// <summary>A difference between the columns of a source and those that it had at an earlier load.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Column">The name of the column.</param>
/// <param name="Since">When it was noticed first.</param>
public sealed record ColumnChange(ColumnChangeKind Kind, string Column, DateTimeOffset Since)
{
    /// <summary>The type before the change. Null for a new column.</summary>
    public FieldType? Before { get; init; }

    /// <summary>The type after the change. Null for a column that no longer exists.</summary>
    public FieldType? Now { get; init; }

    /// <summary>A new column that is probably this one under another name. Null when there is none. It is a guess.</summary>
    public string? PerhapsNow { get; init; }

    /// <summary>Whether a load has taken over the new columns since. Segments and exports can still use the old ones.</summary>
    public bool IsLoaded { get; init; }

    /// <summary>
    /// Whether a column that a load has found to be gone exists again. The source must be loaded again before it can be used.
    /// </summary>
    public bool IsBack { get; init; }

    /// <summary>
    /// The field as it was, without its samples, when a load has found the column to be gone. Null otherwise, and for changes that were
    /// stored by an earlier version.
    /// </summary>
    public Field? Was { get; init; }

    /// <summary>Returns what happened, in one sentence that names the column.</summary>
    public LocalizedMessage Message =>
        (Kind, PerhapsNow) switch
        {
            _ when IsBack => new("Sources.Column.Back", Column),
            (ColumnChangeKind.Added, _) => new("Sources.Column.Added", Column),
            (ColumnChangeKind.Gone, null) => new("Sources.Column.Gone", Column),
            (ColumnChangeKind.Gone, { } name) => new("Sources.Column.Renamed", Column, name),
            _ => new("Sources.Column.Retyped", Column, NameOf(Before), NameOf(Now)),
        };

    private static LocalizedMessage NameOf(FieldType? type) => new($"Sources.Type.{type ?? FieldType.Text}");
}
