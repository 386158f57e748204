using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class FreshnessTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, null, DataAge.Fresh)]
    [InlineData(-1_000, null, null, DataAge.Fresh)]
    [InlineData(1_000, null, null, DataAge.Fresh)]
    [InlineData(-24, null, 24, DataAge.Fresh)]
    [InlineData(-25, null, 24, DataAge.Old)]
    [InlineData(24, null, 24, DataAge.Fresh)]
    [InlineData(25, null, 24, DataAge.Ahead)]
    [InlineData(25, "changed", null, DataAge.Ahead)]
    [InlineData(null, null, 24, DataAge.Unknown)]
    [InlineData(null, "changed", null, DataAge.Unknown)]
    [InlineData(-1_000, "changed", null, DataAge.Fresh)]
    public void The_age_of_data_follows_from_its_last_change_and_the_limit(int? hours, string? column, int? limit, DataAge age) =>
        Assert.Equal(age, Of(hours, column, limit, stops: false).AgeAt(Now));

    [Theory]
    [InlineData(
        -25,
        null,
        24,
        "The data of CRM last changed on 11/21/2026 11:00 UTC. That is more than 24 h ago. " + "Check why it is no longer updated."
    )]
    [InlineData(
        -100,
        null,
        72,
        "The data of CRM last changed on 11/18/2026 08:00 UTC. That is more than 3 days ago. " + "Check why it is no longer updated."
    )]
    [InlineData(48, null, 24, "By its file, the data of CRM last changed on 11/24/2026 12:00 UTC, which is in the future.")]
    [InlineData(48, "changed", null, "The latest value of the column changed of CRM is 11/24/2026 12:00 UTC, which is in the future.")]
    [InlineData(null, "changed", 24, "It is not known when the data of CRM last changed, because the column changed has no values.")]
    [InlineData(null, null, 24, "It is not known when the data of CRM last changed.")]
    public void A_warning_says_what_is_wrong(int? hours, string? column, int? limit, string text)
    {
        Assert.StartsWith(text, Of(hours, column, limit, stops: false).WarningAt(Now)!.ToString(), StringComparison.Ordinal);
        Assert.Null(Of(hours, column, limit, stops: false).StopAt(Now));
    }

    [Fact]
    public void Only_a_limit_stops_exports_and_the_message_says_what_to_do()
    {
        Assert.Null(Of(-24, null, 24, stops: true).StopAt(Now));
        Assert.Null(Of(48, "changed", null, stops: true).StopAt(Now));
        Assert.Contains("Bring the data up to date", Of(-25, null, 24, stops: true).StopAt(Now)!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(Of(null, "changed", 24, stops: true).StopAt(Now));
    }

    [Theory]
    [InlineData("2026-11-22", "2026-11-22T00:00:00")]
    [InlineData("2026-11-22T08:30:15.123+02:00", "2026-11-22T06:30:15")]
    [InlineData("22.11.2026. 8:30", "2026-11-22T08:30:00")]
    [InlineData("2026-11-22 08:30 PM", "2026-11-22T20:30:00")]
    [InlineData("03/04/2026", null)]
    [InlineData("2026-11-22 late", null)]
    [InlineData("0001-01-01 00:00+02", null)]
    [InlineData("", null)]
    public void A_moment_is_read_by_the_format_of_its_field(string text, string? moment) =>
        Assert.Equal(
            moment,
            FieldFormat.Standard.TryMoment(text, out var read)
                ? read.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)
                : null
        );

    private static Freshness Of(int? hours, string? column, int? limit, bool stops) =>
        new("CRM", hours is { } away ? Now.AddHours(away) : null, column, limit, stops);
}
