namespace KlaviyoExport.Sources.Drift;

/// <summary>
/// Finds columns that were probably renamed: one that is gone and a new one, of which several things are alike. People decide; the product
/// never acts upon it.
/// </summary>
internal static class RenameGuess
{
    // Two strong signs are not needed: equal values, or almost the same name, convince a person.
    private const int Enough = 3;

    /// <summary>Returns the probable new names by the old ones. Each new name is used once.</summary>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyList<Field> before, IReadOnlyList<Field> now)
    {
        var (old, present) = (before.Select(field => field.Name).ToHashSet(), now.Select(field => field.Name).ToHashSet());
        var pairs =
            from gone in before.Index()
            where !present.Contains(gone.Item.Name)
            from added in now.Index()
            where !old.Contains(added.Item.Name)
            let points = Points(gone.Item, added.Item, gone.Index == added.Index)
            where points >= Enough
            orderby points descending
            select (Old: gone.Item.Name, New: added.Item.Name);
        var (names, taken) = (new Dictionary<string, string>(), new HashSet<string>());
        foreach (var pair in pairs)
        {
            if (!names.ContainsKey(pair.Old) && taken.Add(pair.New))
                names[pair.Old] = pair.New;
        }
        return names;
    }

    private static int Points(Field gone, Field added, bool isSamePlace)
    {
        if (added.FillRate > 0 && gone.FillRate > 0 && !FieldFit.Fits(added, gone))
            return 0;
        var (old, name) = (Letters(gone.Name), Letters(added.Name));
        return (gone.Samples.Intersect(added.Samples).Any() && gone.Type != FieldType.YesNo ? 3 : 0)
            + (
                old == name ? 3
                : Contains(old, name) || Contains(name, old) ? 2
                : 0
            )
            + (isSamePlace ? 2 : 0)
            + (added.FillRate > 0 && Math.Abs(gone.FillRate - added.FillRate) <= 0.1 ? 1 : 0);
    }

    private static bool Contains(string name, string part) => part.Length >= 3 && name.Contains(part, StringComparison.Ordinal);

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
