namespace KlaviyoExport.Sources.Servers;

/// <summary>A way to compare and sort texts by their bytes, regardless of the collation. {0} is the text.</summary>
internal sealed record ExactComparison(string Exactly, string InOrder)
{
    /// <summary>
    /// The ways of servers that use PostgreSQL's protocol. Some have no collation C and compare bytes anyway. Redshift ignores spaces at
    /// the end, and may ignore case.
    /// </summary>
    public static IReadOnlyList<ExactComparison> Ways { get; } =
    [
        new("{0} COLLATE \"C\"", "{0} COLLATE \"C\""),
        new("({0} || '.')", "{0}, octet_length({0})"),
        new("COLLATE({0} || '.', 'case_sensitive')", "COLLATE({0}, 'case_sensitive'), octet_length({0})"),
    ];

    /// <summary>A query that returns one row when the server compares so, and otherwise none or an error.</summary>
    public string Test =>
        $"SELECT 1 FROM (SELECT CAST('a' AS varchar(9)) AS a, CAST('A' AS varchar(9)) AS b, CAST('a ' AS varchar(9)) AS c) AS p WHERE "
        + $"{Of("a")} <> {Of("b")} AND {Of("a")} <> {Of("c")} AND {Of("b")} < {Of("a")}";

    /// <summary>Returns an expression for a text such that equal texts are identical.</summary>
    public string Of(string text) => Exactly.Replace("{0}", text, StringComparison.Ordinal);

    /// <summary>Returns the order in which equal texts are adjacent.</summary>
    public string OrderOf(string text) => InOrder.Replace("{0}", text, StringComparison.Ordinal);
}
