namespace KlaviyoExport.Sources.Sqlite;

internal static class SqlName
{
    /// <summary>A name as a quoted identifier, whatever characters it has.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>
    /// A column of the table called p. Qualified, because SQLite takes a bare quoted name that it does not know for a string.
    /// </summary>
    public static string Column(string name) => $"p.{Quote(name)}";

    /// <summary>The column's value as text: binary in hexadecimal, numbers in invariant form.</summary>
    public static string TextOf(string name) =>
        $"CASE typeof({Column(name)}) WHEN 'blob' THEN hex({Column(name)}) ELSE CAST({Column(name)} AS TEXT) END";

    /// <summary>A condition: the expression is null or nothing but white space, as <see cref="FieldValue.IsEmpty"/> has it.</summary>
    public static string IsEmpty(string expression) => $"coalesce(trim({expression}, char(9, 10, 13, 32, 160)), '') = ''";
}
