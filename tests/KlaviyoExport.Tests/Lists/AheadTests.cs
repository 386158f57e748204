using KlaviyoExport.Lists;

namespace KlaviyoExport.Tests.Lists;

public sealed class AheadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void All_items_come_in_their_order(int parts) =>
        Assert.Equal(
            Enumerable.Range(0, parts).SelectMany(part => new[] { part, -part }),
            Ahead.Of(Enumerable.Range(0, parts), part => new[] { part, -part })
        );

    [Fact]
    public void The_next_part_is_prepared_while_the_items_of_one_are_used()
    {
        using var second = new ManualResetEventSlim();

        foreach (
            var item in Ahead.Of(
                [1, 2],
                part =>
                {
                    if (part == 2)
                        second.Set();
                    return new[] { part };
                }
            )
        )
            Assert.True(
                second.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken),
                $"At item {item}, part 2 was not begun."
            );
    }

    [Fact]
    public void A_failed_preparation_throws_its_exception_after_the_items_before()
    {
        var items = new List<int>();

        var failure = Assert.Throws<FormatException>(() =>
        {
            foreach (var item in Ahead.Of([1, 2, 3], part => part == 2 ? throw new FormatException("two") : new[] { part }))
                items.Add(item);
        });

        Assert.Equal("two", failure.Message);
        Assert.Equal([1], items);
    }

    [Fact]
    public void Who_stops_early_waits_for_the_preparation_that_runs()
    {
        var (begun, ended) = (0, 0);
        using var stopping = new ManualResetEventSlim();

        foreach (
            var _ in Ahead.Of(
                [1, 2, 3],
                part =>
                {
                    Interlocked.Increment(ref begun);
                    if (part > 1)
                        stopping.Wait();
                    Interlocked.Increment(ref ended);
                    return new[] { part };
                }
            )
        )
        {
            stopping.Set();
            break;
        }

        Assert.Equal(begun, ended);
    }
}
