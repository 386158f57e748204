namespace KlaviyoExport.Sources.Sqlite;

/// <summary>Writes the key of a row.</summary>
internal static class SqlKey
{
    /// <summary>Returns an expression that joins the texts of the key columns as <see cref="KeyColumns.Join"/>. Null when one is null.</summary>
    public static string Of(IReadOnlyList<string> texts) =>
        texts.Count == 1
            ? texts[0]
            : $"({string.Join(" || '|' || ", texts.Select(text => $"replace(replace({text}, '~', '~0'), '|', '~1')"))})";
}
