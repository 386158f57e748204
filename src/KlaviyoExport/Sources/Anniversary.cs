namespace KlaviyoExport.Sources;

/// <summary>
/// Compares the day and month of a date, such as a birthday, with today. The anniversary of 29 February is on 28 February in years that are
/// not leap years.
/// </summary>
public static class Anniversary
{
    /// <summary>The greatest number of days from an anniversary that a condition may give: half a year.</summary>
    public const int MaxDays = 182;

    /// <summary>
    /// Returns the number of days between a day and the nearest anniversary of a date, which can be in the year before or after. The year of
    /// the date does not matter.
    /// </summary>
    public static int DaysFrom(DateOnly today, DateOnly date)
    {
        var nearest = int.MaxValue;
        for (var year = Math.Max(1, today.Year - 1); year <= Math.Min(9999, today.Year + 1); year++)
        {
            var anniversary = new DateOnly(year, date.Month, Math.Min(date.Day, DateTime.DaysInMonth(year, date.Month)));
            nearest = Math.Min(nearest, Math.Abs(anniversary.DayNumber - today.DayNumber));
        }
        return nearest;
    }
}
