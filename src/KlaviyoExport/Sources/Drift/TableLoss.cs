namespace KlaviyoExport.Sources.Drift;

/// <summary>A table besides the profiles of a source, or a column of it, that no longer exists or may no longer be read.</summary>
/// <param name="Table">The table or view.</param>
/// <param name="Column">The column. Null when it is the whole table.</param>
/// <param name="Message">What is wrong, and what to do.</param>
/// <param name="Since">When it was noticed first.</param>
public sealed record TableLoss(string Table, string? Column, LocalizedMessage Message, DateTimeOffset Since)
{
    /// <summary>Whether it stops a use.</summary>
    internal bool Concerns(TableUse use) => Table == use.Table && (Column is null || use.Columns.Contains(Column));
}
