namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// Keys of another table, which the product compares with those of the rows, because the server cannot be relied on to do it. Numbers of
/// different types are compared by value, everything else as text: <see cref="ServerColumn.AreUnlikeNumbers"/>.
/// </summary>
/// <param name="Place">The position in a row that becomes 1 when the key of the row is among them, and null otherwise.</param>
/// <param name="Statement">Reads the parts of the keys.</param>
/// <param name="Keys">The key columns of the rows.</param>
/// <param name="Columns">The columns of the other table, in the same order.</param>
internal sealed record KeySet(int Place, string Statement, IReadOnlyList<ServerColumn> Keys, IReadOnlyList<ServerColumn> Columns)
{
    /// <summary>What a statement selects at the position.</summary>
    public const string Placeholder = "'0'";

    /// <summary>Whether the key of a row is compared in another form than that in which it identifies the row.</summary>
    public bool HasUnlikeNumbers { get; } = Keys.Zip(Columns, ServerColumn.AreUnlikeNumbers).Contains(true);

    /// <summary>Returns what is compared, for the parts of the key of a row. Null when one of them is missing.</summary>
    public string? OfRow(ReadOnlySpan<string?> parts) => Compared(parts, Keys, Columns);

    /// <summary>Returns what is compared, for a row of the other table. Null when a part of the key is missing.</summary>
    public string? OfOther(ReadOnlySpan<string?> parts) => Compared(parts, Columns, Keys);

    /// <summary>Returns the key of some parts. Null when one of them is missing.</summary>
    public static string? Joined(ReadOnlySpan<string?> parts)
    {
        foreach (var part in parts)
        {
            if (part is null)
                return null;
        }
        return KeyColumns.Join(parts.ToArray()!);
    }

    private static string? Compared(ReadOnlySpan<string?> parts, IReadOnlyList<ServerColumn> columns, IReadOnlyList<ServerColumn> others)
    {
        string?[] compared = [.. parts];
        for (var i = 0; i < compared.Length; i++)
        {
            if (compared[i] is { } text && ServerColumn.AreUnlikeNumbers(columns[i], others[i]))
                compared[i] = KeyNumber.Of(text, columns[i].Family);
        }
        return Joined(compared);
    }
}
