using KlaviyoExport.Lists;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Tests.Lists;

public sealed class MembershipWriterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData()]
    [InlineData(0)]
    [InlineData(3, 0, 1)]
    [InlineData(20_000, 1, 10_000, 30_000)]
    public void People_of_several_batches_come_once_each_in_the_order_of_their_key_with_the_window_of_their_batch(params int[] sizes)
    {
        var random = new Random(14);
        var batches = sizes
            .Select(
                (size, number) =>
                    (
                        People: Enumerable
                            .Range(0, size)
                            .Select(_ => PersonOf(random, number))
                            .OrderBy(person => person.Hash.High)
                            .ToArray(),
                        Window: new DeliveryWindow(Noon, Noon.AddSeconds(number))
                    )
            )
            .ToList();

        var parts = MembershipWriter.InOrderOfKey(batches).ToList();

        Assert.All(parts, part => Assert.InRange(part.Length, 1, 25_000));
        Assert.Equal(
            batches.SelectMany(batch => batch.People.Select(person => (person, batch.Window))).OrderBy(one => one.person.Hash.High),
            parts.SelectMany(part => part)
        );
    }

    private static DeliveredPerson PersonOf(Random random, int batch) =>
        new(new Hash16((ulong)random.NextInt64(), (ulong)random.NextInt64()), new Hash16(0, (ulong)batch), null);
}
