using System.Data;
using System.Data.Odbc;
using System.Globalization;
using System.Text;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>The columns of a result as the driver describes them, and how their values are read as invariant text.</summary>
internal sealed class OdbcColumns
{
    /// <summary>The beginning of an expression whose value is the hexadecimal form of a text. A driver calls the column so.</summary>
    public const string Hex = "HEX(CONVERT(";

    private const string Unread = "unread";

    private readonly (ColumnFamily Family, string Type)[] _columns;
    private readonly bool[] _areHex;

    public OdbcColumns(OdbcDataReader reader)
    {
        Reader = reader;
        var days = DaysOf(reader);
        _areHex = [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetName(i).StartsWith(Hex, StringComparison.Ordinal))];
        _columns = [.. Enumerable.Range(0, reader.FieldCount).Select(i => Of(reader, i, days))];
    }

    public OdbcDataReader Reader { get; }

    /// <summary>Returns the family and the driver's name of the type as one text.</summary>
    public string TypeOf(int column) => $"{_columns[column].Family} {_columns[column].Type}";

    /// <summary>Returns the family in a text of <see cref="TypeOf"/>.</summary>
    public static ColumnFamily FamilyOf(string type) => Enum.Parse<ColumnFamily>(type.Split(' ')[0]);

    /// <summary>Whether the type is a text of a fixed length, which is filled up with spaces.</summary>
    public static bool IsPadded(string type) => Name(type) is "CHAR" or "NCHAR" or "CHARACTER" or "BPCHAR" or "GRAPHIC";

    /// <summary>Whether the type is one of text, and not one that is only read as text.</summary>
    public static bool IsText(string type) => Name(type).Contains("CHAR", StringComparison.Ordinal) && !IsPadded(type);

    public string? Text(int column)
    {
        if (_columns[column].Type == Unread)
            return AsText(column);
        object value;
        try
        {
            value = Reader.GetValue(column);
        }
        catch (Exception exception) when (exception is OverflowException or FormatException or ArgumentOutOfRangeException)
        {
            // More digits than a decimal has, NaN, or a date such as infinity. The driver's text of the value is at hand.
            return AsText(column);
        }
        return value switch
        {
            DBNull => null,
            string hex when _areHex[column] => Encoding.UTF8.GetString(Convert.FromHexString(hex)),
            string text => text,
            bool yes => yes ? "true" : "false",
            byte[] bytes => Convert.ToHexString(bytes),
            DateTime day when _columns[column].Family == ColumnFamily.Date => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime moment => moment.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
    }

    private string? AsText(int column)
    {
        try
        {
            return Reader.GetString(column);
        }
        catch (InvalidCastException)
        {
            // The value is null, which the framework cannot tell for a type that it does not know.
            return null;
        }
    }

    private static (ColumnFamily, string) Of(OdbcDataReader reader, int column, HashSet<int> days)
    {
        var name = reader.GetDataTypeName(column);
        Type type;
        try
        {
            type = reader.GetFieldType(column);
        }
        catch (ArgumentException)
        {
            return (ColumnFamily.Text, Unread);
        }
        var family =
            type == typeof(DateTime) ? (days.Contains(column) ? ColumnFamily.Date : ColumnFamily.Moment)
            : type == typeof(byte[]) ? ColumnFamily.Binary
            : Type.GetTypeCode(type) switch
            {
                TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => ColumnFamily.Whole,
                TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64 => ColumnFamily.Whole,
                TypeCode.Decimal => ColumnFamily.Decimal,
                TypeCode.Single or TypeCode.Double => ColumnFamily.Float,
                TypeCode.Boolean => ColumnFamily.YesNo,
                _ => ColumnFamily.Text,
            };
        return (family, name);
    }

    /// <summary>The columns with dates without a time. Their values have the same type as those with a time.</summary>
    private static HashSet<int> DaysOf(OdbcDataReader reader)
    {
        try
        {
            return reader.GetSchemaTable() is not { } schema
                ? []
                : [.. schema.Rows.Cast<DataRow>().Select((row, i) => (row, i)).Where(one => IsDay(one.row)).Select(one => one.i)];
        }
        catch (ArgumentException)
        {
            // A column has a type that the framework does not know, and then tells nothing of the others.
            return [];
        }

        static bool IsDay(DataRow row) => row["ProviderType"] is OdbcType.Date or (int)OdbcType.Date;
    }

    private static string Name(string type) => type.Split(' ', '(').ElementAtOrDefault(1)?.ToUpperInvariant() ?? "";
}
