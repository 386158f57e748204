namespace KlaviyoExport.Sources;

internal static class LikelyKey
{
    /// <summary>
    /// Finds the likely key among the fields that are always filled and have no duplicates in the sample: one whose name looks like a
    /// key, otherwise the first.
    /// </summary>
    public static string? Among(IReadOnlyList<Field> fields, IReadOnlyList<IReadOnlyList<string?>> rows)
    {
        var possible = fields
            .Where((field, index) => field.FillRate == 1 && rows.Select(row => row[index]).Distinct().Count() == rows.Count)
            .ToList();
        return (possible.FirstOrDefault(field => IsNamedLikeKey(field.Name)) ?? possible.FirstOrDefault())?.Name;
    }

    private static bool IsNamedLikeKey(string name) =>
        name.EndsWith("id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("key", StringComparison.OrdinalIgnoreCase);
}
