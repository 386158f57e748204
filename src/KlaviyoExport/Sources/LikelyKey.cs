using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Sources;

internal static class LikelyKey
{
    /// <summary>The maximum number of columns that are tried in pairs.</summary>
    private const int Tried = 30;

    /// <summary>
    /// Finds the likely key among the fields that are always filled, by the shown rows. A field without duplicates: one whose name looks like
    /// a key, otherwise one whose values look like codes, otherwise the email address, otherwise the first. Without such a field, a pair
    /// without duplicates, one of which has a name like a key.
    /// </summary>
    /// <returns>Empty when there is none.</returns>
    public static IReadOnlyList<string> Among(IReadOnlyList<Field> fields, IReadOnlyList<IReadOnlyList<string?>> rows)
    {
        var filled = fields.Index().Where(field => field.Item.FillRate == 1).ToList();
        var unique = filled.Where(field => AreUnlike(rows.Select(row => row[field.Index]))).ToList();
        if (unique.Count > 0)
            return [unique.OrderBy(Rank).First().Item.Name];
        var pairs =
            from one in filled.Take(Tried)
            from other in filled.Take(Tried)
            where one.Index < other.Index && (IsNamedLikeKey(one.Item.Name) || IsNamedLikeKey(other.Item.Name))
            where AreUnlike(rows.Select(row => (row[one.Index], row[other.Index])))
            orderby IsNamedLikeKey(one.Item.Name) && IsNamedLikeKey(other.Item.Name) descending
            select new[] { one.Item.Name, other.Item.Name };
        return pairs.FirstOrDefault() ?? [];

        int Rank((int Index, Field Item) field) =>
            IsNamedLikeKey(field.Item.Name) ? 0
            : AreCodes(field.Item, rows.Select(row => row[field.Index])) ? 1
            : AreAddresses(rows.Select(row => row[field.Index])) ? 2
            : 3;
    }

    /// <summary>Whether all values that are filled are email addresses, and there is one.</summary>
    public static bool AreAddresses(IEnumerable<string?> values)
    {
        var filled = values.Where(value => !FieldValue.IsEmpty(value)).ToList();
        return filled.Count > 0 && filled.TrueForAll(value => EmailAddress.TryNormalize(value, out _));
    }

    private static bool AreUnlike<T>(IEnumerable<T> values)
    {
        var seen = new HashSet<T>();
        return values.All(seen.Add);
    }

    private static bool AreCodes(Field field, IEnumerable<string?> values) =>
        field.Type is FieldType.Text or FieldType.WholeNumber
        && values.All(value => value!.Any(char.IsAsciiDigit) && !value!.Contains('@', StringComparison.Ordinal));

    private static bool IsNamedLikeKey(string name) =>
        name.EndsWith("id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("key", StringComparison.OrdinalIgnoreCase);
}
