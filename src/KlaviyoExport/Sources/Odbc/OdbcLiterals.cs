using System.Globalization;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>
/// Values of conditions as literals, which all databases read alike: numbers, and dates in the notation of ODBC. The types for a cast differ,
/// and a text is never written as a literal.
/// </summary>
internal static class OdbcLiterals
{
    // Beyond these, numbers do not fit the types of some databases.
    private const double Largest = 1e30;
    private const double Smallest = 1e-30;

    // The types for dates of some databases begin in 1753.
    private const int FirstYear = 1753;
    private const int LastYear = 9998;

    /// <summary>Whether all values can be written so that every database can compare them with a column of the family.</summary>
    public static bool Has(ColumnFamily family, IReadOnlyList<string> values) =>
        family switch
        {
            ColumnFamily.Whole => true,
            ColumnFamily.Decimal or ColumnFamily.Float => values.All(value =>
                FieldValue.TryNumber(value, out var number) && Math.Abs(number) < Largest
            ),
            ColumnFamily.Date or ColumnFamily.Moment => values.All(value =>
                FieldValue.TryDay(value, out var day) && day.Year is >= FirstYear and <= LastYear
            ),
            _ => false,
        };

    /// <param name="value">A number or an ISO date, made by the product.</param>
    /// <param name="family">The family of the column that it is compared with.</param>
    public static string Of(string value, ColumnFamily family) =>
        family switch
        {
            ColumnFamily.Whole => long.Parse(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
            ColumnFamily.Decimal or ColumnFamily.Float => Number(double.Parse(value, CultureInfo.InvariantCulture)),
            ColumnFamily.Date => $"{{d '{Day(value)}'}}",
            ColumnFamily.Moment => $"{{ts '{Day(value)} 00:00:00'}}",
            _ => throw new NotSupportedException(family.ToString()),
        };

    private static string Number(double value) =>
        Math.Abs(value) < Smallest ? "0" : value.ToString("0.0################E+0", CultureInfo.InvariantCulture);

    private static string Day(string value) =>
        DateOnly
            .ParseExact(value.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture)
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
