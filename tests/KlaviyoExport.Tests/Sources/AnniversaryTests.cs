using System.Globalization;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class AnniversaryTests
{
    [Theory]
    [InlineData("2026-11-22", "1980-11-22", 0)]
    [InlineData("2026-11-22", "2031-11-20", 2)]
    [InlineData("2026-12-30", "1980-01-02", 3)]
    [InlineData("2027-01-02", "1980-12-30", 3)]
    [InlineData("2026-02-28", "2000-02-29", 0)]
    [InlineData("2026-03-01", "2000-02-29", 1)]
    [InlineData("2028-02-28", "2000-02-29", 1)]
    [InlineData("2028-02-29", "2000-02-29", 0)]
    [InlineData("0001-01-01", "1980-12-31", 1 + 363)]
    [InlineData("9999-12-31", "1980-01-01", 364)]
    public void The_nearest_anniversary_counts(string today, string date, int days) =>
        Assert.Equal(days, Anniversary.DaysFrom(Day(today), Day(date)));

    [Fact]
    public void No_anniversary_is_further_away_than_the_maximum()
    {
        for (var day = Day("2023-01-01"); day < Day("2029-01-01"); day = day.AddDays(1))
            Assert.InRange(Anniversary.DaysFrom(day, Day("2024-02-29")), 0, Anniversary.MaxDays + 1);
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
