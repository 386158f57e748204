using System.Globalization;

namespace KlaviyoExport.Segments;

/// <summary>A range of days from the value of a condition. It includes both ends.</summary>
internal readonly record struct DayRange(DateOnly First, DateOnly Last)
{
    /// <summary>Today and a number of days before it.</summary>
    public static DayRange OfLast(string days, DateOnly today) =>
        new(DateOnly.FromDayNumber(Math.Max(0, today.DayNumber - Number(days))), today);

    /// <summary>Today and a number of days after it.</summary>
    public static DayRange OfNext(string days, DateOnly today) =>
        new(today, DateOnly.FromDayNumber(Math.Min(DateOnly.MaxValue.DayNumber, today.DayNumber + Number(days))));

    public bool Contains(DateOnly day) => day >= First && day <= Last;

    /// <summary>Parses a valid number of days.</summary>
    public static int Number(string days) => int.Parse(days, NumberStyles.Integer, CultureInfo.InvariantCulture);
}
