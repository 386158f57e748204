using System.Text.RegularExpressions;

namespace KlaviyoExport.Sources;

/// <summary>
/// Finds functions in a query that reach further than the tables: files of the database server, other servers, statements in a text. A
/// read-only transaction does not prevent them; the rights of the database user do, but not every user has few. The list cannot be
/// complete, because databases can have functions of their own.
/// </summary>
internal static partial class QueryFunctions
{
    /// <summary>
    /// Whether one of the names is in the query, also in quotation marks, where names count as well. A text that contains such a name is
    /// refused too.
    /// </summary>
    public static bool MayCallForbidden(string query, SourceKind kind) =>
        kind switch
        {
            SourceKind.PostgreSql or SourceKind.PostgreSqlCompatible => PostgreSql().IsMatch(query),
            SourceKind.MySql => MySql().IsMatch(query),
            SourceKind.SqlServer => SqlServer().IsMatch(query),
            SourceKind.Odbc => PostgreSql().IsMatch(query)
                || MySql().IsMatch(query)
                || SqlServer().IsMatch(query)
                || Others().IsMatch(query),
            // What SQLite can call is decided when the file is opened.
            _ => false,
        };

    // The last: a name whose letters are written as numbers.
    [GeneratedRegex(
        @"\b(pg_(read|ls|stat|file|write|logdir)_\w+|pg_(terminate|cancel)_backend|pg_(reload|rotate|switch|promote|create|drop)\w*"
            + @"|pg_replication_\w+|pg_logical_\w+|pg_notify"
            + @"|lo_(import|export|creat|create|unlink|put|get|open|from_bytea|truncate|truncate64)"
            + @"|loread|lowrite|dblink\w*|(query|cursor)_to_xml\w*|database_to_xml\w*"
            + @"|set_config)\b|\bU&""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex PostgreSql();

    [GeneratedRegex(@"\b(load_file|sys_(exec|eval|bineval)|get_lock|master_pos_wait|master_gtid_wait)\b", RegexOptions.IgnoreCase)]
    private static partial Regex MySql();

    [GeneratedRegex(
        @"\b(OPENROWSET|OPENQUERY|OPENDATASOURCE|fn_xe_file_target_read_file|fn_get_audit_file|fn_trace_gettable|fn_dump_dblog)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex SqlServer();

    [GeneratedRegex(
        @"\b(load_extension|readfile|writefile|edit|fts3_tokenizer|HTTPURITYPE|read_\w+)\s*\(|\b(UTL|DBMS)_\w+\s*\.",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Others();
}
