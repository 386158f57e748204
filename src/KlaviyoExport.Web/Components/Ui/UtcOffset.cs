using System.Globalization;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>Formats the offset of a time, which tells the two hours apart that a clock shows twice when daylight saving time ends.</summary>
internal static class UtcOffset
{
    /// <summary>Returns "UTC", or for example "UTC+01:00".</summary>
    public static string Of(DateTimeOffset at) =>
        "UTC" + (at.Offset == TimeSpan.Zero ? "" : at.ToString("zzz", CultureInfo.InvariantCulture));
}
