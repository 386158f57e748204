using FsCheck;
using FsCheck.Fluent;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Tests.Recurrences;

public sealed class RecurrenceTests
{
    private static readonly string[] Zones =
    [
        "Europe/Belgrade",
        "America/New_York",
        "Australia/Lord_Howe",
        "UTC",
        "Asia/Kolkata",
        "America/St_Johns",
        "Pacific/Apia",
    ];

    [Theory]
    // Set forward at 02:00: 02:30 does not exist, and 03:00 is the next time that does.
    [InlineData("Europe/Belgrade", "02:30", "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00")]
    [InlineData("America/New_York", "02:15", "2026-03-07T02:15:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-09T02:15:00-04:00")]
    // A change of half an hour.
    [InlineData("Australia/Lord_Howe", "02:10", "2026-10-03T02:10:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-05T02:10:00+11:00")]
    // Set back: the time occurs twice, and the first one counts.
    [InlineData("Europe/Belgrade", "02:30", "2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00")]
    [InlineData("America/New_York", "01:30", "2026-10-31T01:30:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00")]
    [InlineData("Australia/Lord_Howe", "01:45", "2026-04-04T01:45:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30")]
    // Samoa had no 30 December 2011.
    [InlineData("Pacific/Apia", "08:00", "2011-12-29T08:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T08:00:00+14:00")]
    public void Every_time_occurs_once_on_a_day_of_a_clock_change(string zone, string time, params string[] expected)
    {
        var recurrence = new Recurrence
        {
            Kind = RecurrenceKind.Daily,
            TimeZone = zone,
            Times = [TimeOnly.Parse(time, null)],
        };
        var first = At(expected[0]);

        Assert.Equal(expected, Text(recurrence.Next(first.AddMinutes(-1), expected.Length)));
    }

    [Fact]
    public void Two_times_that_coincide_because_of_a_clock_change_are_one()
    {
        var recurrence = new Recurrence
        {
            Kind = RecurrenceKind.Daily,
            TimeZone = "Europe/Belgrade",
            Times = [new(3, 0), new(2, 0), new(2, 30)],
        };

        Assert.Equal(["2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"], Text(recurrence.Next(At("2026-03-28T12:00:00+01:00"), 2)));
    }

    [Fact]
    public void A_time_repeated_by_a_clock_change_is_served_once()
    {
        var recurrence = new Recurrence
        {
            Kind = RecurrenceKind.Daily,
            TimeZone = "Europe/Belgrade",
            Times = [new(2, 30)],
        };

        Assert.Equal(["2026-10-26T02:30:00+01:00"], Text(recurrence.Next(At("2026-10-25T02:10:00+01:00"), 1)));
    }

    [Theory]
    [InlineData(31, "2026-01-31 2026-02-28 2026-03-31 2026-04-30")]
    [InlineData(30, "2026-01-30 2026-02-28 2026-03-30 2026-04-30")]
    [InlineData(Recurrence.LastDay, "2026-01-31 2026-02-28 2026-03-31 2026-04-30")]
    [InlineData(15, "2026-01-15 2026-02-15 2026-03-15 2026-04-15")]
    public void A_day_that_a_month_lacks_is_its_last_day(int day, string expected)
    {
        var recurrence = new Recurrence
        {
            Kind = RecurrenceKind.Monthly,
            DayOfMonth = day,
            Times = [new(6, 0)],
        };

        Assert.Equal(
            expected,
            string.Join(' ', recurrence.Next(At("2025-12-31T12:00:00+00:00"), 4).Select(at => at.ToString("yyyy-MM-dd", null)))
        );
    }

    [Fact]
    public void The_last_day_of_february_is_the_29th_in_a_leap_year() =>
        Assert.Equal(
            ["2028-02-29T06:00:00+00:00"],
            Text(
                new Recurrence
                {
                    Kind = RecurrenceKind.Monthly,
                    DayOfMonth = Recurrence.LastDay,
                    Times = [new(6, 0)],
                }.Next(At("2028-02-01T00:00:00+00:00"), 1)
            )
        );

    [Fact]
    public void A_weekly_recurrence_keeps_its_days_and_sorts_its_times() =>
        Assert.Equal(
            ["2026-11-23T07:00:00+01:00", "2026-11-23T19:00:00+01:00", "2026-11-26T07:00:00+01:00"],
            Text(
                new Recurrence
                {
                    Kind = RecurrenceKind.Weekly,
                    TimeZone = "Europe/Belgrade",
                    Days = [DayOfWeek.Thursday, DayOfWeek.Monday],
                    Times = [new(19, 0), new(7, 0)],
                }.Next(At("2026-11-22T12:00:00+01:00"), 3)
            )
        );

    [Fact]
    public void An_hourly_recurrence_starts_with_the_day_and_keeps_its_minute() =>
        Assert.Equal(
            ["2026-11-22T18:20:00+01:00", "2026-11-23T00:20:00+01:00", "2026-11-23T06:20:00+01:00"],
            Text(
                new Recurrence
                {
                    Kind = RecurrenceKind.Hourly,
                    TimeZone = "Europe/Belgrade",
                    EveryHours = 6,
                    Times = [new(9, 20)],
                }.Next(At("2026-11-22T12:20:00+01:00"), 3)
            )
        );

    [Fact]
    public void A_cron_expression_follows_its_time_zone_through_clock_changes()
    {
        var recurrence = new Recurrence
        {
            Kind = RecurrenceKind.Cron,
            TimeZone = "Europe/Belgrade",
            Cron = "0 30 2 ? * SUN",
        };

        Assert.Equal(
            ["2026-03-22T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-04-05T02:30:00+02:00"],
            Text(recurrence.Next(At("2026-03-16T00:00:00+01:00"), 3))
        );
        Assert.Equal(["2026-10-25T02:30:00+02:00", "2026-11-01T02:30:00+01:00"], Text(recurrence.Next(At("2026-10-19T00:00:00+02:00"), 2)));
    }

    [Fact]
    public void A_cron_expression_that_ends_has_no_more_times()
    {
        var recurrence = new Recurrence { Kind = RecurrenceKind.Cron, Cron = "0 0 12 24 12 ? 2026" };

        Assert.Equal(["2026-12-24T12:00:00+00:00"], Text(recurrence.Next(At("2026-11-22T00:00:00+00:00"), 5)));
        Assert.Empty(recurrence.Next(At("2026-12-24T12:00:00+00:00"), 5));
    }

    [Fact]
    public void Every_time_occurs_once_when_the_clock_first_shows_it() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(150),
            Prop.ForAll(
                Cases().ToArbitrary(),
                item =>
                {
                    var zone = TimeZoneInfo.FindSystemTimeZoneById(item.Recurrence.TimeZone);
                    var end = item.After.AddDays(4);
                    var expected = FirstShowings(item.Recurrence, zone, item.After, end);
                    Assert.Equal(expected, item.Recurrence.After(item.After).TakeWhile(at => at <= end).Select(at => at.UtcDateTime));
                }
            )
        );

    [Fact]
    public void The_next_times_do_not_depend_on_how_many_are_requested() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(
                Cases().ToArbitrary(),
                item =>
                {
                    var times = item.Recurrence.Next(item.After, 6);
                    Assert.Equal(times.Take(3), item.Recurrence.Next(item.After, 3));
                    Assert.Equal(times.Skip(3), item.Recurrence.Next(times[2], 3));
                    Assert.True(times[0] > item.After);
                }
            )
        );

    /// <summary>Computes the same occurrences in another way: minute by minute.</summary>
    private static List<DateTime> FirstShowings(Recurrence recurrence, TimeZoneInfo zone, DateTimeOffset after, DateTimeOffset end)
    {
        var first = new SortedSet<DateTime>();
        var from = TimeZoneInfo.ConvertTime(after, zone).Date.AddDays(-3);
        var pending = new Queue<DateTime>(
            Enumerable
                .Range(0, 10)
                .Select(day => from.AddDays(day))
                .Where(day => recurrence.Kind != RecurrenceKind.Weekly || recurrence.Days.Contains(day.DayOfWeek))
                .SelectMany(day => recurrence.Times.Order().Select(time => day + time.ToTimeSpan()))
        );
        for (
            var minute = new DateTime(after.UtcDateTime.Date.AddDays(-5).Ticks, DateTimeKind.Utc);
            minute <= end.UtcDateTime && pending.Count > 0;
            minute = minute.AddMinutes(1)
        )
        {
            while (pending.TryPeek(out var wall) && TimeZoneInfo.ConvertTimeFromUtc(minute, zone) >= wall)
            {
                first.Add(minute);
                pending.Dequeue();
            }
        }
        return [.. first.Where(at => at > after.UtcDateTime && at <= end.UtcDateTime)];
    }

    /// <summary>Times that are often near a clock change.</summary>
    private static Gen<(Recurrence Recurrence, DateTimeOffset After)> Cases() =>
        from zone in Gen.Elements(Zones)
        from weekly in Gen.Elements(true, false)
        from days in Gen.SubListOf(Enum.GetValues<DayOfWeek>())
        from minutes in Gen.ListOf(Gen.Frequency((2, Gen.Choose(0, 1439)), (3, Gen.Choose(0, 240))), 3)
        from change in Gen.Elements(
            "2026-03-29",
            "2026-10-25",
            "2026-03-08",
            "2026-11-01",
            "2026-04-05",
            "2026-10-04",
            "2011-12-30",
            "2026-06-15"
        )
        from shift in Gen.Choose(-3 * 1440, 1440)
        select (
            new Recurrence
            {
                Kind = weekly && days.Count > 0 ? RecurrenceKind.Weekly : RecurrenceKind.Daily,
                TimeZone = zone,
                Days = [.. days],
                Times = [.. minutes.Distinct().Select(minute => new TimeOnly(minute / 60, minute % 60))],
            },
            new DateTimeOffset(DateTime.Parse(change, null), TimeSpan.Zero).AddMinutes(shift)
        );

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, null);

    private static string[] Text(IEnumerable<DateTimeOffset> times) => [.. times.Select(at => at.ToString("yyyy-MM-ddTHH:mm:sszzz", null))];
}
