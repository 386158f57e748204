using KlaviyoExport.Data;

namespace KlaviyoExport.Tests.Data;

public sealed class TableChecksumTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 29, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public void The_order_of_rows_the_scale_of_a_number_and_a_tenth_of_a_microsecond_do_not_matter() =>
        Assert.Equal(Of([1, "a", 1.50m, At], [2, "b", 2m, At]), Of([2, "b", 2.0m, At], [1, "a", 1.5m, At.AddTicks(3)]));

    [Theory]
    [InlineData("b", 1)]
    [InlineData(null, 1)]
    [InlineData("a", 2)]
    [InlineData("", 1)]
    public void A_different_value_matters(string? text, int number) => Assert.NotEqual(Of(["a", 1]), Of([text, number]));

    [Fact]
    public void A_row_that_is_there_twice_or_split_differently_matters()
    {
        Assert.NotEqual(Of(["a"]), Of(["a"], ["a"]));
        Assert.NotEqual(Of(["ab", "c"]), Of(["a", "bc"]));
    }

    private static TableChecksum Of(params object?[][] rows)
    {
        var checksum = new TableChecksum();
        foreach (var row in rows)
            checksum.Add(row);
        return checksum;
    }
}
