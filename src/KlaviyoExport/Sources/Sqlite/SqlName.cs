namespace KlaviyoExport.Sources.Sqlite;

internal static class SqlName
{
    /// <summary>Returns a name as a quoted identifier.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>
    /// Returns a column of the table with alias p. It is qualified, because SQLite treats an unknown quoted name as a string.
    /// </summary>
    public static string Column(string name) => $"p.{Quote(name)}";

    /// <summary>Returns an expression for the value as text: binary data in hexadecimal, numbers in invariant form.</summary>
    public static string TextOf(string name) =>
        $"CASE typeof({Column(name)}) WHEN 'blob' THEN hex({Column(name)}) ELSE CAST({Column(name)} AS TEXT) END";

    /// <summary>
    /// As <see cref="TextOf"/>, with whole numbers written as such, whether they are stored as integers or not. Above 2^53 a real number is
    /// not exact.
    /// </summary>
    public static string ValueOf(string name)
    {
        var column = Column(name);
        return $"CASE WHEN typeof({column}) = 'real' AND abs({column}) < 9007199254740992 AND {column} = CAST({column} AS INTEGER) "
            + $"THEN CAST(CAST({column} AS INTEGER) AS TEXT) ELSE {TextOf(name)} END";
    }

    /// <summary>
    /// Returns a condition that is true when the expression is null or only white space, as <see cref="FieldValue.IsEmpty"/>.
    /// </summary>
    public static string IsEmpty(string expression) => $"coalesce(trim({expression}, char(9, 10, 13, 32, 160)), '') = ''";
}
