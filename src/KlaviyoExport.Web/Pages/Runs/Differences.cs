using System.Globalization;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>Writes differences with their signs, for the columns that compare two runs.</summary>
internal static class Differences
{
    /// <returns>A number such as "+250" or "−10", and "=" when there is no difference.</returns>
    /// <param name="difference">The difference.</param>
    /// <param name="digits">The format of the number without its sign.</param>
    public static string Of(double difference, string digits)
    {
        var written = Math.Abs(difference).ToString(digits, CultureInfo.CurrentCulture);
        return written == 0d.ToString(digits, CultureInfo.CurrentCulture) ? "=" : (difference > 0 ? "+" : "−") + written;
    }
}
