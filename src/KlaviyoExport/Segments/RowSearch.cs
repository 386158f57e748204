namespace KlaviyoExport.Segments;

/// <summary>The rows of a source to look for.</summary>
internal abstract record RowSearch
{
    /// <summary>The rows with one of these keys.</summary>
    public sealed record WithKeys(IReadOnlyList<string> Keys) : RowSearch;

    /// <summary>The rows with this text in a field, in upper or lower case. A server may return other rows too.</summary>
    public sealed record WithText(string Field, string Text) : RowSearch;

    /// <summary>The rows whose field is read as this normalized email address. A server may return other rows too.</summary>
    public sealed record WithAddress(string Field, string Address) : RowSearch;
}

/// <summary>A row of a source, which is not merged with other rows of the same key.</summary>
/// <param name="Key">The key, exactly as a run reads it.</param>
/// <param name="Values">The values in the order of the requested fields.</param>
/// <param name="IsInTable">For each requested membership, whether the key is in its table.</param>
internal sealed record SourceRow(string Key, string?[] Values, IReadOnlyList<bool> IsInTable);
