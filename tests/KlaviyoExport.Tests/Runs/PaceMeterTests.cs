using KlaviyoExport.Runs;

namespace KlaviyoExport.Tests.Runs;

public sealed class PaceMeterTests
{
    private readonly PaceMeter _meter = new();

    [Fact]
    public void What_was_done_before_does_not_count()
    {
        Note(0, 50_000);
        Note(10, 51_000);

        Assert.Equal(100, Rate(10));
    }

    [Fact]
    public void No_rate_is_told_in_the_first_seconds()
    {
        Note(0, 0);
        Note(2.9, 1_000);
        Assert.Null(Rate(2.9));

        Note(3, 1_000);
        Assert.NotNull(Rate(3));
    }

    [Fact]
    public void The_rate_is_that_of_the_last_minute()
    {
        for (var second = 0; second <= 120; second++)
            Note(second, second * 1_000);
        for (var second = 121; second <= 180; second++)
            Note(second, 120_000 + ((second - 120) * 10));

        Assert.Equal(10, Rate(180)!.Value, 1.0);
    }

    [Fact]
    public void The_rate_falls_while_nothing_moves_and_ends_after_a_minute()
    {
        Note(0, 0);
        Note(10, 1_000);

        Assert.Equal(100, Rate(10));
        Assert.Equal(50, Rate(20));
        Assert.NotNull(Rate(59));
        Assert.Null(Rate(71));
    }

    [Fact]
    public void A_count_that_has_decreased_starts_the_measurement_again()
    {
        Note(0, 0);
        Note(10, 10_000);
        Note(11, 4_000);
        Assert.Null(Rate(11));

        Note(21, 5_000);
        Assert.Equal(100, Rate(21));
    }

    [Fact]
    public void A_rate_is_positive_and_not_faster_than_the_fastest_second()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var meter = new PaceMeter();
            var (now, done) = (0d, random.NextInt64(1_000_000));
            for (var step = 0; step < 300; step++)
            {
                now += random.NextDouble() * (random.Next(10) == 0 ? 90 : 2);
                done =
                    random.Next(50) == 0 ? random.NextInt64(done + 1)
                    : random.Next(3) == 0 ? done
                    : done + random.NextInt64(10_000);
                meter.Note(TimeSpan.FromSeconds(now), done);
                var rate = meter.Rate(TimeSpan.FromSeconds(now + (random.NextDouble() * 3)));
                Assert.True(rate is null or (> 0 and < 1_000_000), $"seed {seed}, step {step}: {rate}");
            }
            Assert.Null(meter.Rate(TimeSpan.FromSeconds(now + 62)));
        }
    }

    private void Note(double seconds, long done) => _meter.Note(TimeSpan.FromSeconds(seconds), done);

    private double? Rate(double seconds) => _meter.Rate(TimeSpan.FromSeconds(seconds));
}
