namespace KlaviyoExport.Sources.Drift;

/// <summary>Compares the columns of a source at two times.</summary>
internal static class SchemaComparison
{
    /// <summary>Returns the changes in the order of the columns: first those that are gone or retyped, then the new ones.</summary>
    /// <param name="before">The columns of the last load.</param>
    /// <param name="now">The columns now.</param>
    /// <param name="at">When they were compared.</param>
    public static IReadOnlyList<ColumnChange> Of(IReadOnlyList<Field> before, IReadOnlyList<Field> now, DateTimeOffset at)
    {
        var present = now.ToDictionary(field => field.Name);
        var known = before.Select(field => field.Name).ToHashSet();
        if (known.Count == 0)
            return [];
        var names = RenameGuess.Of(before, now);
        var changed = before.Select(field =>
            !present.TryGetValue(field.Name, out var seen)
                ? new ColumnChange(ColumnChangeKind.Gone, field.Name, at)
                {
                    Before = field.Type,
                    PerhapsNow = names.GetValueOrDefault(field.Name),
                }
            // A column that had no values had no type either.
            : seen.Type == field.Type || field.FillRate == 0 ? null
            : new ColumnChange(ColumnChangeKind.Retyped, field.Name, at) { Before = field.Type, Now = seen.Type }
        );
        var added = now.Where(field => !known.Contains(field.Name))
            .Select(field => new ColumnChange(ColumnChangeKind.Added, field.Name, at) { Now = field.Type });
        return [.. changed.OfType<ColumnChange>(), .. added];
    }
}
