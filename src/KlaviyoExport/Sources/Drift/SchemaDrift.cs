namespace KlaviyoExport.Sources.Drift;

/// <summary>
/// How the columns of a source differ from those that segments and exports were made for. Stored with the source, so that pages tell it
/// without reading the database.
/// </summary>
/// <param name="Changes">At most one for each column.</param>
public sealed record SchemaDrift(IReadOnlyList<ColumnChange> Changes)
{
    /// <summary>The maximum number of changes that are stored.</summary>
    internal const int MaxChanges = 500;

    /// <summary>Returns what a load has taken over. Null when there is nothing.</summary>
    internal SchemaDrift? Loaded => OfAll(Changes.Where(change => change.IsLoaded));

    /// <summary>Returns the drift without the changes of some columns. Null when there is nothing else.</summary>
    internal SchemaDrift? Without(params IReadOnlyCollection<string> columns) =>
        OfAll(Changes.Where(change => !columns.Contains(change.Column)));

    /// <summary>Returns the drift after a look at the columns, without a load. Null when there is none.</summary>
    /// <param name="source">The source with the fields of its last load.</param>
    /// <param name="now">The columns that it has now. A type that is not known is that of the last load.</param>
    /// <param name="at">When they were read.</param>
    internal static SchemaDrift? AfterLook(Source source, IReadOnlyList<Field> now, DateTimeOffset at)
    {
        var open = SchemaComparison.Of(source.Fields, now, at).Select(change => Known(source, change));
        var loaded = source.Drift?.Changes.Where(change => change.IsLoaded) ?? [];
        return OfAll(open.Concat(loaded));
    }

    /// <summary>Returns the drift after a load. Null when there is none.</summary>
    /// <param name="source">The source with the fields of the load before.</param>
    /// <param name="now">The fields of the load.</param>
    /// <param name="at">When it was loaded.</param>
    internal static SchemaDrift? AfterLoad(Source source, IReadOnlyList<Field> now, DateTimeOffset at)
    {
        var types = now.ToDictionary(field => field.Name, field => field.Type);
        var earlier = (source.Drift?.Changes ?? [])
            .Where(change => change.IsLoaded && IsStillTrue(change, types))
            .Select(change => change with { Now = types.TryGetValue(change.Column, out var type) ? type : null })
            .ToList();
        // An earlier change of a column is kept: it tells the type that segments were made for.
        var fresh = SchemaComparison
            .Of(source.Fields, now, at)
            .Where(change => change.Kind != ColumnChangeKind.Added && !WasLoaded(source, change, types))
            .Select(change => Known(source, change) with { IsLoaded = true });
        return OfAll(earlier.Concat(fresh));
    }

    /// <summary>Whether the type that the column had before an earlier change has come back.</summary>
    private static bool WasLoaded(Source source, ColumnChange change, Dictionary<string, FieldType> types) =>
        source.Drift?.Changes.Any(earlier =>
            earlier is { IsLoaded: true, Kind: ColumnChangeKind.Retyped }
            && earlier.Column == change.Column
            && types.TryGetValue(change.Column, out var type)
            && type == earlier.Before
        ) == true;

    private static bool IsStillTrue(ColumnChange change, Dictionary<string, FieldType> types) =>
        types.TryGetValue(change.Column, out var type)
            ? change.Kind == ColumnChangeKind.Retyped && type != change.Before
            : change.Kind == ColumnChangeKind.Gone;

    /// <summary>Keeps since when a change is known, and the guess that was made then.</summary>
    private static ColumnChange Known(Source source, ColumnChange change) =>
        source.Drift?.Changes.FirstOrDefault(known => (known.Kind, known.Column) == (change.Kind, change.Column)) is { } first
            ? change with
            {
                Since = first.Since,
                PerhapsNow = change.PerhapsNow ?? first.PerhapsNow,
            }
            : change;

    private static SchemaDrift? OfAll(IEnumerable<ColumnChange> changes)
    {
        var all = changes.DistinctBy(change => change.Column).Take(MaxChanges).ToList();
        return all.Count == 0 ? null : new SchemaDrift(all);
    }
}
