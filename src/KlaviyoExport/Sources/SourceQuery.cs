using System.Text.RegularExpressions;

namespace KlaviyoExport.Sources;

/// <summary>
/// Checks the query of a source before it is sent to the database, and writes it as a table. The checks give clear messages; what keeps a
/// query from writing is how the database is opened: read-only.
/// </summary>
internal static partial class SourceQuery
{
    /// <summary>The maximum length in characters.</summary>
    public const int Longest = 20_000;

    private static readonly string[] Starts = ["SELECT", "WITH"];

    /// <summary>The beginning of <see cref="AsTable"/>. The query is on lines of its own, so that a comment cannot hide the rest.</summary>
    public const string Opening = "(\n";

    /// <summary>Returns the query as a table with alias p.</summary>
    public static string AsTable(string query, string aliasWord = " AS ") => $"{Opening}{query}\n){aliasWord}p";

    /// <summary>Returns the query without white space, semicolons and comments at its end.</summary>
    /// <exception cref="SourceException">It is not one complete SELECT statement, has parameters, or is too long.</exception>
    public static string Of(string? entered, SourceKind kind)
    {
        var text = (entered ?? "").Trim();
        if (text.Length > Longest)
            throw new SourceException(new LocalizedMessage("Sources.QueryTooLong", Longest));
        var mask = SqlMask.Of(text, kind) ?? throw new SourceException(new LocalizedMessage("Sources.QueryIncomplete"));
        mask = mask.TrimEnd([' ', '\t', '\r', '\n', ';']);
        if (mask.Length == 0)
            throw new SourceException(new LocalizedMessage("Sources.QueryNeeded"));
        var first = FirstWord().Match(mask).Groups[1].Value;
        if (!Starts.Contains(first, StringComparer.OrdinalIgnoreCase))
            throw new SourceException(new LocalizedMessage("Sources.QueryNotSelect"));
        if (kind == SourceKind.SqlServer && first.Equals("WITH", StringComparison.OrdinalIgnoreCase))
            throw new SourceException(new LocalizedMessage("Sources.QueryStartsWith"));
        if (mask.Contains(';') || (kind == SourceKind.Odbc && MayHideStatement(text[..mask.Length])))
            throw new SourceException(new LocalizedMessage("Sources.QueryManyStatements"));
        if (!IsBalanced(mask))
            throw new SourceException(new LocalizedMessage("Sources.QueryIncomplete"));
        if ((Forbidden(kind) is { } forbidden && forbidden.IsMatch(mask)) || QueryFunctions.MayCallForbidden(text[..mask.Length], kind))
            throw new SourceException(new LocalizedMessage("Sources.QueryNotAllowed"));
        if (Parameter(kind).Match(mask) is { Success: true } parameter)
            throw new SourceException(new LocalizedMessage("Sources.QueryParameter", parameter.Value));
        return text[..mask.Length];
    }

    /// <summary>Verifies the columns that the query returns.</summary>
    /// <exception cref="SourceException">A column has no name, or two have the same.</exception>
    public static void DemandNames(IEnumerable<string> columns, StringComparer comparer)
    {
        var seen = new HashSet<string>(comparer);
        foreach (var (index, name) in columns.Index())
        {
            if (name is "" or "?column?")
                throw new SourceException(new LocalizedMessage("Sources.QueryColumnNameless", index + 1));
            if (!seen.Add(name))
                throw new SourceException(new LocalizedMessage("Sources.QueryColumnTwice", name));
        }
    }

    /// <summary>Returns the message for an error of the database in a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="told">What the database says.</param>
    /// <param name="offset">Where in the query, starting at 0. Null when it is not known.</param>
    public static LocalizedMessage Wrong(string query, string told, int? offset)
    {
        if (offset is not { } at || at < 0 || at > query.Length)
            return new LocalizedMessage("Sources.QueryWrong", told);
        var before = query.AsSpan(0, at);
        return new LocalizedMessage("Sources.QueryWrongAt", told, before.Count('\n') + 1, at - before.LastIndexOf('\n'));
    }

    /// <summary>Whether no parenthesis is closed that the query did not open, and all are closed.</summary>
    private static bool IsBalanced(string mask)
    {
        var depth = 0;
        foreach (var letter in mask)
        {
            depth += letter switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth < 0)
                return false;
        }
        return depth == 0;
    }

    /// <summary>
    /// Whether a semicolon could be outside of a literal in some database: each has its own comments, quotation marks and escapes.
    /// </summary>
    private static bool MayHideStatement(string text) =>
        text.Contains(';')
        && (
            text.AsSpan().ContainsAny("\\$#`[")
            || text.Contains("--", StringComparison.Ordinal)
            || text.Contains("/*", StringComparison.Ordinal)
        );

    private static Regex Parameter(SourceKind kind) =>
        kind switch
        {
            SourceKind.PostgreSql or SourceKind.PostgreSqlCompatible => PostgreSqlParameter(),
            SourceKind.MySql => MySqlParameter(),
            SourceKind.SqlServer => SqlServerParameter(),
            SourceKind.Odbc => OdbcParameter(),
            _ => SqliteParameter(),
        };

    /// <summary>What a read-only transaction would not prevent, or a compatible server may not have such a transaction for.</summary>
    private static Regex? Forbidden(SourceKind kind) =>
        kind switch
        {
            SourceKind.MySql => MySqlForbidden(),
            SourceKind.PostgreSqlCompatible => CompatibleForbidden(),
            _ => null,
        };

    [GeneratedRegex(@"^\s*(\w+)")]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"(?<!\w)\$\d+")]
    private static partial Regex PostgreSqlParameter();

    [GeneratedRegex(@"\?|(?<!@)@(?!@)\S?[\w.$]*")]
    private static partial Regex MySqlParameter();

    // Writing to a file or a variable, locking rows, and comments that are executed.
    [GeneratedRegex(@"\bINTO\b|\bFOR\s+(UPDATE|SHARE)\b|\bLOCK\s+IN\b|/\*M?!", RegexOptions.IgnoreCase)]
    private static partial Regex MySqlForbidden();

    [GeneratedRegex(@"\bINTO\b|\b(INSERT|UPDATE|DELETE|MERGE)\b|\bFOR\s+(NO\s+KEY\s+|KEY\s+)?(UPDATE|SHARE)\b", RegexOptions.IgnoreCase)]
    private static partial Regex CompatibleForbidden();

    [GeneratedRegex(@"(?<![\w@])@\w+")]
    private static partial Regex SqlServerParameter();

    [GeneratedRegex(@"\?")]
    private static partial Regex OdbcParameter();

    [GeneratedRegex(@"\?\d*|(?<!\w)[:@$]\w+")]
    private static partial Regex SqliteParameter();
}
