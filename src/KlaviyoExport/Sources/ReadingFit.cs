namespace KlaviyoExport.Sources;

/// <summary>Whether one way of reading fits all values of a column.</summary>
internal sealed class ReadingFit
{
    public bool IsForAll { get; private set; } = true;

    /// <summary>Whether all values are of the narrower kind: whole numbers, or dates without a time.</summary>
    public bool IsNarrow { get; private set; } = true;

    /// <summary>The first value that does not fit.</summary>
    public string? Misfit { get; private set; }

    public void Add(string value, bool fits, bool isNarrow)
    {
        IsNarrow = IsNarrow && fits && isNarrow;
        if (fits || !IsForAll)
            return;
        (IsForAll, Misfit) = (false, value);
    }
}
