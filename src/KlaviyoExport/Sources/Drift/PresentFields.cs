namespace KlaviyoExport.Sources.Drift;

/// <summary>Tells which fields a source has after the changes of its columns that are known.</summary>
public static class PresentFields
{
    /// <summary>
    /// Returns the fields of the last load that still exist, with the types that they have now. New columns are not fields before they are
    /// loaded.
    /// </summary>
    public static IReadOnlyList<Field> Of(Source source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Drift is not { } drift)
            return source.Fields;
        var open = drift.Changes.Where(change => !change.IsLoaded).ToDictionary(change => change.Column);
        return
        [
            .. source
                .Fields.Where(field => open.GetValueOrDefault(field.Name)?.Kind != ColumnChangeKind.Gone)
                .Select(field =>
                    open.GetValueOrDefault(field.Name) is { Kind: ColumnChangeKind.Retyped, Now: { } type }
                        ? field with
                        {
                            Type = type,
                        }
                        : field
                ),
        ];
    }

    /// <summary>
    /// Returns the fields that a load has found to be gone. A database is read directly, so they can be read as before when their columns
    /// are back. Empty for files.
    /// </summary>
    internal static IReadOnlyList<Field> LostFields(this Source source) =>
        source.Kind.IsFiles()
            ? []
            :
            [
                .. (source.Drift?.Changes ?? [])
                    .Where(change => change is { IsLoaded: true, Kind: ColumnChangeKind.Gone })
                    .Select(change => change.Was)
                    .OfType<Field>()
                    .Where(field => !source.HasField(field.Name)),
            ];

    internal static bool HasField(this Source source, string column) => source.Fields.Exists(field => field.Name == column);

    /// <summary>Returns what is wrong with a column that is not a field: it does not exist, or it is new and was not loaded yet.</summary>
    internal static LocalizedMessage MessageOfMissing(this Source source, string column) =>
        source.Drift?.Changes.Any(change => change.Kind == ColumnChangeKind.Added && change.Column == column) == true
            ? new LocalizedMessage("Sources.Column.Back", column)
            : new LocalizedMessage("Sources.Column.Gone", column);

    /// <summary>Returns the change of a column that no longer exists or has another type. Null when there is none.</summary>
    internal static ColumnChange? ChangeOf(this Source source, string column) =>
        source.Drift?.Changes.FirstOrDefault(change => change.Column == column && change.Kind != ColumnChangeKind.Added);
}
