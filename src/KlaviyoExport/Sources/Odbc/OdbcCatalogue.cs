using System.Data;
using System.Data.Odbc;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>Asks a driver for its database: its name, its quotation mark, its tables and their columns.</summary>
internal static class OdbcCatalogue
{
    private static readonly HashSet<string> System = new(StringComparer.OrdinalIgnoreCase)
    {
        "INFORMATION_SCHEMA",
        "pg_catalog",
        "sys",
        "performance_schema",
        "mysql",
        "SYSIBM",
        "SYSCAT",
        "SYSSTAT",
        "SYSPUBLIC",
        "SYSTEM",
        "DBC",
    };

    /// <summary>The name by which the driver calls its database.</summary>
    public static string ProductOf(OdbcConnection connection)
    {
        using var told = connection.GetSchema("DataSourceInformation");
        return told.Rows.Count > 0 ? told.Rows[0]["DataSourceProductName"] as string ?? "" : "";
    }

    /// <summary>The quotation mark of names. Empty when names cannot be quoted.</summary>
    public static string QuoteOf(OdbcConnection connection)
    {
        try
        {
            using var builder = new OdbcCommandBuilder();
            var quoted = builder.QuoteIdentifier("x", connection);
            return quoted[..quoted.IndexOf('x', StringComparison.Ordinal)].Trim();
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    public static IReadOnlyList<ServerRelation> Tables(OdbcConnection connection)
    {
        var present = connection.Database;
        var found = new Dictionary<string, ServerRelation>();
        foreach (var (collection, isView) in new[] { ("Tables", false), ("Views", true) })
        {
            using var tables = connection.GetSchema(collection);
            foreach (var row in tables.Rows.Cast<DataRow>().Where(row => !IsSystem(row)))
            {
                var name = NameOf(row, present);
                found[name.ToString()] = new ServerRelation(name, isView, MayRead: true);
            }
        }
        return [.. found.Values.OrderBy(relation => relation.Name.ToString(), StringComparer.Ordinal)];
    }

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ColumnNames(OdbcConnection connection)
    {
        var tables = Tables(connection).Select(relation => relation.Name.ToString()).ToHashSet();
        var present = connection.Database;
        using var columns = connection.GetSchema("Columns");
        return columns
            .Rows.Cast<DataRow>()
            .Select(row => (Table: NameOf(row, present).ToString(), Column: Text(row, "COLUMN_NAME")))
            .Where(one => tables.Contains(one.Table))
            .GroupBy(one => one.Table)
            .ToDictionary(table => table.Key, IReadOnlyList<string> (table) => [.. table.Select(one => one.Column)]);
    }

    /// <summary>The name without the catalogue that is open anyway.</summary>
    private static ServerName NameOf(DataRow row, string present)
    {
        var (catalogue, schema) = (Text(row, "TABLE_CAT"), Text(row, "TABLE_SCHEM"));
        return new ServerName(schema, Text(row, "TABLE_NAME"))
        {
            Catalogue = string.Equals(catalogue, present, StringComparison.OrdinalIgnoreCase) ? "" : catalogue,
        };
    }

    private static bool IsSystem(DataRow row) =>
        (row.Table.Columns.Contains("TABLE_TYPE") && Text(row, "TABLE_TYPE").StartsWith("SYSTEM", StringComparison.OrdinalIgnoreCase))
        || System.Contains(Text(row, "TABLE_SCHEM"))
        || (Text(row, "TABLE_SCHEM").Length == 0 && System.Contains(Text(row, "TABLE_CAT")));

    private static string Text(DataRow row, string column) => row[column] as string ?? "";
}
