using MySqlConnector;

namespace KlaviyoExport.Sources.Servers;

/// <summary>The types of MySQL and MariaDB, as their catalogue names them.</summary>
internal static class MySqlTypes
{
    /// <summary>Returns the type of a column of a result.</summary>
    public static string Of(MySqlDataReader reader, int column)
    {
        var type = reader.GetDataTypeName(column).ToLowerInvariant().Replace(" unsigned", "", StringComparison.Ordinal);
        return type switch
        {
            "bool" => "tinyint(1)",
            "bit" when reader.GetColumnSchema()[column].ColumnSize == 1 => "bit(1)",
            _ => type,
        };
    }

    public static ColumnFamily FamilyOf(string type) =>
        type switch
        {
            "tinyint" or "smallint" or "mediumint" or "int" or "integer" or "bigint" or "bit" => ColumnFamily.Whole,
            "decimal" => ColumnFamily.Decimal,
            "float" or "double" => ColumnFamily.Float,
            "tinyint(1)" or "bit(1)" => ColumnFamily.YesNo,
            "date" => ColumnFamily.Date,
            // The session is in UTC, so a timestamp has no offset either.
            "datetime" or "timestamp" => ColumnFamily.Moment,
            "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" or "vector" => ColumnFamily.Binary,
            _ => ColumnFamily.Text,
        };

    public static bool IsGeometry(string type) =>
        type
            is "geometry"
                or "point"
                or "linestring"
                or "polygon"
                or "multipoint"
                or "multilinestring"
                or "multipolygon"
                or "geomcollection"
                or "geometrycollection";
}
