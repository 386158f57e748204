namespace KlaviyoExport.Web.Pages.System;

/// <summary>The IANA names of the time zones that this machine knows.</summary>
internal static class TimeZones
{
    public static IReadOnlyList<string> All { get; } =
    [.. TimeZoneInfo.GetSystemTimeZones().Select(IanaOf).OfType<string>().Append("UTC").Distinct().Order(StringComparer.Ordinal)];

    private static string? IanaOf(TimeZoneInfo zone) =>
        zone.HasIanaId ? zone.Id
        : TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var iana) ? iana
        : null;
}
