using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Tests.Recurrences;

public sealed class RecurrenceRulesTests
{
    private static readonly Recurrence Sound = new()
    {
        Kind = RecurrenceKind.Daily,
        TimeZone = "Europe/Belgrade",
        Times = [new(6, 0)],
    };

    public static TheoryData<string, Recurrence> Faults =>
        new()
        {
            { "Scheduling.TimeZoneUnknown", Sound with { TimeZone = "Europe/Atlantis" } },
            { "Scheduling.TimeZoneUnknown", Sound with { TimeZone = "" } },
            { "Scheduling.TimeZoneUnknown", Sound with { TimeZone = "../../../etc/passwd" } },
            { "Scheduling.TimeZoneUnknown", Sound with { TimeZone = "Central European Standard Time" } },
            { "Scheduling.TimesNeeded", Sound with { Times = [] } },
            { "Scheduling.TimesNeeded", Sound with { Times = [new(6, 0), new(6, 0)] } },
            { "Scheduling.TimesNeeded", Sound with { Times = [new(1, 0), new(2, 0), new(3, 0), new(4, 0), new(5, 0)] } },
            { "Scheduling.WholeMinutes", Sound with { Times = [new(6, 0, 30)] } },
            { "Scheduling.DaysNeeded", Sound with { Kind = RecurrenceKind.Weekly } },
            { "Scheduling.DayOfMonthInvalid", Sound with { Kind = RecurrenceKind.Monthly, DayOfMonth = 32 } },
            { "Scheduling.DayOfMonthInvalid", Sound with { Kind = RecurrenceKind.Monthly, DayOfMonth = -1 } },
            { "Scheduling.EveryHoursInvalid", Sound with { Kind = RecurrenceKind.Hourly, EveryHours = 5 } },
            { "Scheduling.EveryHoursInvalid", Sound with { Kind = RecurrenceKind.Hourly, EveryHours = 0 } },
            { "Scheduling.CronInvalid", Cron(null) },
            { "Scheduling.CronInvalid", Cron("  ") },
            { "Scheduling.CronInvalid", Cron("every day") },
            { "Scheduling.CronInvalid", Cron("0 0 25 * * ?") },
            { "Scheduling.CronInvalid", Cron("0 0 H * * ?") },
            { "Scheduling.CronTooOften", Cron("* * * * * ?") },
            { "Scheduling.CronTooOften", Cron("0/10 * * * * ?") },
            { "Scheduling.NeverHappens", Cron("0 0 12 30 2 ?") },
        };

    public static TheoryData<Recurrence> Good =>
        new()
        {
            Sound,
            Sound with
            {
                Times = [new(1, 0), new(2, 0), new(3, 0), new(4, 0)],
            },
            Sound with
            {
                TimeZone = "UTC",
            },
            Sound with
            {
                Kind = RecurrenceKind.Weekly,
                Days = [DayOfWeek.Monday],
            },
            Sound with
            {
                Kind = RecurrenceKind.Monthly,
                DayOfMonth = Recurrence.LastDay,
            },
            Sound with
            {
                Kind = RecurrenceKind.Monthly,
                DayOfMonth = 31,
            },
            Sound with
            {
                Kind = RecurrenceKind.Hourly,
                EveryHours = 12,
                Times = [],
            },
            Cron("0 30 6 ? * MON-FRI"),
            Cron(" 0 0/5 * * * ? "),
            Cron("0 0 12 L * ?"),
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Errors_are_named(string code, Recurrence recurrence)
    {
        Assert.Equal(code, RecurrenceRules.Fault(recurrence)?.Code);
        Assert.Equal(code, Assert.Throws<LocalizedException>(() => recurrence.Next(DateTimeOffset.UnixEpoch, 1)).LocalizedMessage.Code);
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void A_valid_recurrence_has_no_errors_and_a_next_time(Recurrence recurrence)
    {
        Assert.Null(RecurrenceRules.Fault(recurrence));
        Assert.Single(recurrence.Next(DateTimeOffset.UnixEpoch, 1));
    }

    [Theory]
    [InlineData(RecurrenceKind.Daily, null)]
    [InlineData(RecurrenceKind.Weekly, null)]
    [InlineData(RecurrenceKind.Hourly, "Scheduling.RefreshDailyOrWeekly")]
    [InlineData(RecurrenceKind.Monthly, "Scheduling.RefreshDailyOrWeekly")]
    [InlineData(RecurrenceKind.Cron, "Scheduling.RefreshDailyOrWeekly")]
    public void The_system_refresh_is_daily_or_weekly(RecurrenceKind kind, string? code) =>
        Assert.Equal(
            code,
            RecurrenceRules.FaultOfRefresh(Sound with { Kind = kind, Days = [DayOfWeek.Monday], Cron = "0 0 12 * * ?" })?.Code
        );

    private static Recurrence Cron(string? expression) => Sound with { Kind = RecurrenceKind.Cron, Cron = expression };
}
