namespace KlaviyoExport.Sources.Drift;

/// <summary>
/// How the columns of a source differ from those that segments and exports were made for. Stored with the source, so that pages tell it
/// without reading the database.
/// </summary>
/// <param name="Changes">At most one for each column.</param>
public sealed record SchemaDrift(IReadOnlyList<ColumnChange> Changes)
{
    /// <summary>The maximum number of changes that are stored, and of missing tables and columns of tables.</summary>
    internal const int MaxChanges = 500;

    /// <summary>What segments read besides the profiles and what is missing.</summary>
    public IReadOnlyList<TableLoss> Tables { get; init; } = [];

    /// <summary>Whether something that can be used is missing or has another type. New columns concern nobody.</summary>
    internal bool HasLost => Tables.Count > 0 || Changes.Any(change => change.Kind != ColumnChangeKind.Added);

    /// <summary>
    /// Returns what concerns a file that is read as it was loaded: what the load has taken over, and what another load would add. Null when
    /// there is nothing.
    /// </summary>
    internal SchemaDrift? OfLoadedFile => Of(Changes.Where(change => change.IsLoaded || change.Kind == ColumnChangeKind.Added), []);

    /// <summary>Returns a drift. Null when there is nothing.</summary>
    internal static SchemaDrift? Of(IEnumerable<ColumnChange> changes, IEnumerable<TableLoss> tables)
    {
        var columns = changes.DistinctBy(change => change.Column).Take(MaxChanges).ToList();
        var losses = tables.DistinctBy(loss => (loss.Table, loss.Column)).Take(MaxChanges).ToList();
        return columns.Count + losses.Count == 0 ? null : new SchemaDrift(columns) { Tables = losses };
    }

    /// <summary>Returns the drift without the changes of some columns. Null when there is nothing else.</summary>
    internal SchemaDrift? Without(params IReadOnlyCollection<string> columns) =>
        Of(Changes.Where(change => !columns.Contains(change.Column)), Tables);

    /// <summary>Returns the drift after a look at the columns, without a load. Null when there is none.</summary>
    /// <param name="source">The source with the fields of its last load, and those that have come back.</param>
    /// <param name="now">The columns that it has now. A type that is not known is that of the last load.</param>
    /// <param name="at">When they were read.</param>
    internal static SchemaDrift? AfterLook(Source source, IReadOnlyList<Field> now, DateTimeOffset at)
    {
        var present = now.Select(field => field.Name).ToHashSet();
        var open = SchemaComparison.Of(source.Fields, now, at).Select(change => Known(source, change));
        var loaded = ChangesOf(source)
            .Where(change => change.IsLoaded && !(change.Kind == ColumnChangeKind.Gone && source.HasField(change.Column)))
            .Select(change => change with { IsBack = change.Kind == ColumnChangeKind.Gone && present.Contains(change.Column) })
            .ToLookup(change => change.IsBack);
        // A column that is back is not a new one.
        return Of([.. loaded[true], .. open, .. loaded[false]], TablesOf(source));
    }

    /// <summary>Returns the drift after a load. Null when there is none.</summary>
    /// <param name="source">The source with the fields of the load before.</param>
    /// <param name="now">The fields of the load.</param>
    /// <param name="at">When it was loaded.</param>
    internal static SchemaDrift? AfterLoad(Source source, IReadOnlyList<Field> now, DateTimeOffset at)
    {
        var types = now.ToDictionary(field => field.Name, field => field.Type);
        var earlier = ChangesOf(source)
            .Where(change => change.IsLoaded && IsStillTrue(change, types))
            .Select(change => change with { Now = types.TryGetValue(change.Column, out var type) ? type : null, IsBack = false })
            .ToList();
        // An earlier change of a column is kept: it tells the type that segments were made for.
        var fresh = SchemaComparison
            .Of(source.Fields, now, at)
            .Where(change => change.Kind != ColumnChangeKind.Added && !WasLoaded(source, change, types))
            .Select(change => Known(source, change) with { IsLoaded = true, Was = LostField(source, change) });
        return Of(earlier.Concat(fresh), TablesOf(source));
    }

    /// <summary>Returns the drift after a look at tables. Null when there is none.</summary>
    /// <param name="source">The source.</param>
    /// <param name="missing">What is missing.</param>
    /// <param name="kept">What is known about tables that were not looked at.</param>
    internal static SchemaDrift? AfterTables(Source source, IEnumerable<TableLoss> missing, IEnumerable<TableLoss> kept) =>
        Of(ChangesOf(source), [.. missing.Select(loss => Known(source, loss)), .. kept]);

    private static IReadOnlyList<ColumnChange> ChangesOf(Source source) => source.Drift?.Changes ?? [];

    private static IReadOnlyList<TableLoss> TablesOf(Source source) => source.Drift?.Tables ?? [];

    /// <summary>The values of people are not kept for longer than the field.</summary>
    private static Field? LostField(Source source, ColumnChange change) =>
        change.Kind == ColumnChangeKind.Gone && source.Fields.Find(field => field.Name == change.Column) is { } field
            ? field with
            {
                Samples = [],
                Doubt = null,
            }
            : null;

    /// <summary>Whether the type that the column had before an earlier change has come back.</summary>
    private static bool WasLoaded(Source source, ColumnChange change, Dictionary<string, FieldType> types) =>
        ChangesOf(source)
            .Any(earlier =>
                earlier is { IsLoaded: true, Kind: ColumnChangeKind.Retyped }
                && earlier.Column == change.Column
                && types.TryGetValue(change.Column, out var type)
                && type == earlier.Before
            );

    private static bool IsStillTrue(ColumnChange change, Dictionary<string, FieldType> types) =>
        types.TryGetValue(change.Column, out var type)
            ? change.Kind == ColumnChangeKind.Retyped && type != change.Before
            : change.Kind == ColumnChangeKind.Gone;

    /// <summary>Keeps since when a change is known, and the guess that was made then.</summary>
    private static ColumnChange Known(Source source, ColumnChange change) =>
        ChangesOf(source).FirstOrDefault(known => (known.Kind, known.Column) == (change.Kind, change.Column)) is { } first
            ? change with
            {
                Since = first.Since,
                PerhapsNow = change.PerhapsNow ?? first.PerhapsNow,
            }
            : change;

    private static TableLoss Known(Source source, TableLoss loss) =>
        TablesOf(source).FirstOrDefault(known => (known.Table, known.Column) == (loss.Table, loss.Column)) is { } first
            ? loss with
            {
                Since = first.Since,
            }
            : loss;
}
