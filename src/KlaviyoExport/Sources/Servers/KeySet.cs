namespace KlaviyoExport.Sources.Servers;

/// <summary>Keys of another table, which the product compares with those of the rows, because the server cannot be relied on to do it.</summary>
/// <param name="Place">The position in a row that becomes 1 when the key of the row is among them, and null otherwise.</param>
/// <param name="Statement">Reads the keys.</param>
internal sealed record KeySet(int Place, string Statement)
{
    /// <summary>What a statement selects at the position.</summary>
    public const string Placeholder = "'0'";
}
