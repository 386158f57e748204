using System.Text;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class FieldTypeTests
{
    [Theory]
    [InlineData(FieldType.WholeNumber, "1", "-20", "0", "999999999999999999")]
    [InlineData(FieldType.WholeNumber, "0", "1")]
    [InlineData(FieldType.Number, "1", "2.5", "-0.1", ".5", "1e3")]
    [InlineData(FieldType.YesNo, "yes", "No", "TRUE", "f", "y")]
    [InlineData(FieldType.Date, "2026-11-22", "2026/1/2", "2026.01.02", "22.11.2026", "2.1.2026.")]
    [InlineData(FieldType.Moment, "2026-11-22", "2026-11-22T10:00", "2026-11-22 10:00:05.123Z", "2026-11-22T10:00:00+02:00")]
    [InlineData(FieldType.Text, "a", "1")]
    [InlineData(FieldType.Text, "007", "12")]
    [InlineData(FieldType.Text, "+381641234567")]
    [InlineData(FieldType.Text, "12345678901234567890")]
    [InlineData(FieldType.Number, "1,5", "2,5")]
    [InlineData(FieldType.Date, "11/22/2026")]
    [InlineData(FieldType.Moment, "31/12/2025 23:59", "1/1/2026")]
    [InlineData(FieldType.Text, "2026-02-30")]
    [InlineData(FieldType.Text, "2026-11-22T25:00")]
    [InlineData(FieldType.Text, "NaN", "Infinity")]
    [InlineData(FieldType.Text, "1 000")]
    [InlineData(FieldType.Text, "0x1F")]
    [InlineData(FieldType.Text, "", " ")]
    public void The_type_is_the_narrowest_that_fits_every_value(FieldType type, params string[] values)
    {
        var strings = new FieldProfiler("x");
        var bytes = new FieldProfiler("x");
        foreach (var value in values.Append("").Append(" "))
        {
            strings.Add(value);
            bytes.Add(Encoding.UTF8.GetBytes(value));
        }

        Assert.Equal(type, strings.ToField().Type);
        Assert.Equal(type, bytes.ToField().Type);
    }

    [Theory]
    [InlineData("2026-11-22T23:30:00-02:00", "2026-11-23")]
    [InlineData("2026-11-22T01:00:00+02:00", "2026-11-21")]
    [InlineData("2026-11-22T01:00:00+0200", "2026-11-21")]
    [InlineData("2026-11-22 23:59:59", "2026-11-22")]
    [InlineData("2026-11-22 23:59:59 UTC", "2026-11-22")]
    [InlineData(" 22.11.2026. ", "2026-11-22")]
    [InlineData("0001-01-01", "0001-01-01")]
    [InlineData("9999-12-31T23:00:00Z", "9999-12-31")]
    public void A_time_belongs_to_its_day_in_UTC(string text, string day)
    {
        Assert.True(FieldValue.TryDay(text, out var found));
        Assert.Equal(DateOnly.ParseExact(day, "yyyy-MM-dd"), found);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00+02:00")]
    [InlineData("9999-12-31T23:00:00-02:00")]
    [InlineData("2026-11-22T")]
    [InlineData("2026-11-22x")]
    [InlineData("2026-11-22T10")]
    [InlineData("2026-11-22T10:00+99:00")]
    [InlineData("2026-13-01")]
    [InlineData("20261122")]
    [InlineData("0000-01-01")]
    [InlineData("")]
    public void An_invalid_date_is_ignored(string text) => Assert.False(FieldValue.TryDay(text, out _));

    [Fact]
    public void Long_samples_are_cut()
    {
        var profiler = new FieldProfiler("x");
        profiler.Add(new string('a', 5_000));

        Assert.Equal(201, Assert.Single(profiler.ToField().Samples).Length);
    }
}
