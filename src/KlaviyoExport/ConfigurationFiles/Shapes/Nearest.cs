namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>Finds the word that somebody may have meant.</summary>
internal static class Nearest
{
    private const int LongestWord = 60;

    /// <summary>Returns the nearest word, ignoring case. Null when none is near: more than a third of its letters differ.</summary>
    public static string? To(string typed, IEnumerable<string> words)
    {
        if (typed.Length > LongestWord)
            return null;
        var nearest = words.MinBy(Distance);
        return nearest is not null && Distance(nearest) <= Math.Max(1, nearest.Length / 3) ? nearest : null;

        int Distance(string word) => Between(typed.ToUpperInvariant(), word.ToUpperInvariant());
    }

    /// <summary>The number of letters to insert, delete, replace or swap with their neighbour.</summary>
    private static int Between(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= other.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[one.Length, other.Length];
    }
}
