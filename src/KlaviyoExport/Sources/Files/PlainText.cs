using System.Globalization;
using System.Numerics;

namespace KlaviyoExport.Sources.Files;

/// <summary>Writes the values of typed files as text: ISO dates, decimal point.</summary>
internal static class PlainText
{
    /// <summary>The number up to which all whole numbers are exact in 64 bits.</summary>
    private const double MostExact = 1L << 53;

    /// <returns>Null for an empty value.</returns>
    public static string? Of(object? value) =>
        value switch
        {
            null => null,
            string text => text,
            bool yes => yes ? "true" : "false",
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime moment => Of(moment),
            double number => Of(number),
            float number => Of((double)(decimal)number),
            decimal number => Trimmed(number),
            TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
            TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            byte[] bytes => Convert.ToHexStringLower(bytes),
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };

    public static bool IsNumber(object? value) =>
        value is double or float or decimal or BigInteger or sbyte or byte or short or ushort or int or uint or long or ulong;

    private static string Of(DateTime moment) =>
        moment.ToString(
            (moment.TimeOfDay == TimeSpan.Zero && moment.Kind != DateTimeKind.Utc ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF")
                + (moment.Kind == DateTimeKind.Utc ? "Z" : ""),
            CultureInfo.InvariantCulture
        );

    // Whole numbers exactly, because they may be IDs. Others with fifteen digits, as Excel shows them; more would show how the computer
    // stores 0.1.
    private static string Of(double number) =>
        Math.Abs(number) <= MostExact && double.IsInteger(number) ? ((long)number).ToString(CultureInfo.InvariantCulture)
        : Math.Abs(number) is 0 or (> 1e-10 and < 7e27) ? Trimmed((decimal)number)
        : number.ToString("R", CultureInfo.InvariantCulture);

    private static string Trimmed(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);
}
