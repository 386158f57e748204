using System.Globalization;
using KlaviyoExport.People;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Pages.People;

/// <summary>The filter of the audit as it is in the address of the page and of its downloads. Invalid values are ignored.</summary>
internal sealed record AuditQuery
{
    public string? Who { get; init; }

    public string? Action { get; init; }

    public string? Item { get; init; }

    public string? Text { get; init; }

    /// <summary>The first day, as yyyy-MM-dd.</summary>
    public string? Since { get; init; }

    /// <summary>The last day, as yyyy-MM-dd.</summary>
    public string? Until { get; init; }

    /// <summary>The time zone of the days. The script of the page sets it to that of the browser. Null for UTC.</summary>
    public string? Zone { get; init; }

    public bool IsFiltered => Values.Any(pair => pair.Key != "zone" && pair.Value is not null);

    /// <summary>The name of the time zone in which the days are understood.</summary>
    public string ZoneName => ZoneOf().Id;

    private Dictionary<string, string?> Values =>
        new()
        {
            ["who"] = Given(Who),
            ["action"] = Given(Action),
            ["item"] = Given(Item),
            ["text"] = Given(Text),
            ["since"] = Given(Since),
            ["until"] = Given(Until),
            ["zone"] = Given(Zone),
        };

    public AuditFilter ToFilter() =>
        new(
            Given(Who),
            Given(Action),
            Given(Text),
            Item: Given(Item),
            Since: StartOf(Day(Since)),
            // The last day belongs to the filter.
            Until: Day(Until) is { } last && last < DateOnly.MaxValue ? StartOf(last.AddDays(1)) : null
        );

    /// <summary>Returns the address of a page or file with this filter.</summary>
    public string AddressOf(string path, int page = 1) =>
        QueryHelpers.AddQueryString(
            path,
            Values.Append(new("page", page > 1 ? page.ToString(CultureInfo.InvariantCulture) : null)).Where(pair => pair.Value is not null)
        );

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(Given(text), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        // A day at either end of the calendar has no start in some time zones.
        && day.Year is > 1 and < 9999
            ? day
            : null;

    private DateTimeOffset? StartOf(DateOnly? day)
    {
        if (day?.ToDateTime(TimeOnly.MinValue) is not { } midnight)
            return null;
        var zone = ZoneOf();
        // Where clocks are set forward at midnight, the day begins with the first time that exists.
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private TimeZoneInfo ZoneOf() =>
        Given(Zone) is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
