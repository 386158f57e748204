using KlaviyoExport.Lists;

namespace KlaviyoExport.Tests.Lists;

/// <summary>The compact tables of a pass behave as the collections of the framework, whatever hashes and keys they are given.</summary>
public sealed class CompactTableTests
{
    /// <summary>How the hashes are chosen. With few low bits they all seek the same slots.</summary>
    public static TheoryData<int, ulong, ulong> Hashes =>
        new()
        {
            { 1, ulong.MaxValue, ulong.MaxValue },
            { 2, 0xFFF, 0x3 },
            { 3, 0, 0xFFF },
            { 4, 0xFFF_0000_0000, 0 },
            { 5, 0x3F, 0xFFFF_FFC0_0000_0000 },
        };

    [Theory]
    [MemberData(nameof(Hashes))]
    public void A_hash_index_numbers_hashes_in_the_order_of_adding(int seed, ulong high, ulong low)
    {
        var random = new Random(seed);
        var (index, model, order) = (new HashIndex(), new Dictionary<Hash16, int>(), new List<Hash16>());

        for (var turn = 0; turn < 20_000; turn++)
        {
            var hash = Next(random, high, low);
            Assert.Equal(model.GetValueOrDefault(hash, -1), index.Find(hash));
            if (random.Next(3) == 0)
                continue;
            var isNew = model.TryAdd(hash, model.Count);
            if (isNew)
                order.Add(hash);
            Assert.Equal(isNew, index.Add(hash));
        }

        Assert.Equal(model.Count, index.Count);
        for (var number = 0; number < order.Count; number++)
            Assert.Equal((order[number], number), (index[number], index.Find(order[number])));
    }

    [Fact]
    public void A_hash_index_grows_to_hundreds_of_thousands()
    {
        var (random, index, model) = (new Random(6), new HashIndex(), new HashSet<Hash16>());

        for (var turn = 0; turn < 300_000; turn++)
        {
            var hash = Next(random, ulong.MaxValue, ulong.MaxValue);
            Assert.Equal(model.Add(hash), index.Add(hash));
        }

        Assert.All(model, hash => Assert.True(index.Contains(hash)));
        Assert.False(index.Contains(default));
        Assert.True(index.Add(default));
    }

    [Fact]
    public void A_chunked_list_returns_what_was_added_and_can_be_written()
    {
        var (list, model) = (new ChunkedList<long>(), new List<long>());
        for (var number = 0L; number < 20_000; number++)
        {
            list.Add(number * number);
            model.Add(number * number);
        }
        list[12_345] = model[12_345] = -1;

        Assert.Equal(model, Enumerable.Range(0, list.Count).Select(number => list[number]));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[list.Count]);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[-1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_list_returns_every_key_in_whatever_order_they_come(bool sorted)
    {
        var random = new Random(7);
        string[] parts = ["c-", "0", "1", "ж", "€", "😀", "", new('x', 200), "\u00A0", "A"];
        var keys = Enumerable
            .Range(0, 5_000)
            .Select(number => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => parts[random.Next(parts.Length)])))
            .ToList();
        if (sorted)
            keys.Sort(StringComparer.Ordinal);
        var list = new KeyList();
        keys.ForEach(list.Add);

        Assert.Equal(keys.Count, list.Count);
        for (var number = 0; number < keys.Count; number++)
            Assert.Equal(keys[number], list[number]);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[keys.Count]);
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Seen_people_know_the_first_key_of_each_and_who_is_missing(int seed, ulong high, ulong low)
    {
        var random = new Random(seed);
        var (delivered, stored) = (new DeliveredPeople(), new HashSet<Hash16>());
        for (var turn = 0; turn < 2_000; turn++)
            if (Next(random, high, low) is var hash && stored.Add(hash))
                delivered.Add(hash, default);
        var (seen, keys, outside) = (new SeenPeople(delivered), new Dictionary<Hash16, string>(), new HashSet<Hash16>());

        for (var turn = 0; turn < 4_000; turn++)
        {
            var hash = random.Next(2) == 0 ? delivered[random.Next(delivered.Count)] : Next(random, high, low);
            var isNew = keys.TryAdd(hash, $"key {turn}");
            Assert.Equal(isNew, seen.TryAdd(hash, $"key {turn}", out var first));
            Assert.Equal(isNew ? null : keys[hash], first);
            if (isNew && random.Next(5) == 0)
            {
                seen.LeaveOut(hash);
                outside.Add(hash);
            }
            var other = Next(random, high, low);
            Assert.Equal(keys.ContainsKey(other) && !outside.Contains(other), seen.Contains(other));
        }

        Assert.Equal(
            stored.Where(hash => !keys.ContainsKey(hash) || outside.Contains(hash)).OrderBy(hash => (hash.High, hash.Low)),
            seen.Missing.OrderBy(hash => (hash.High, hash.Low))
        );
    }

    [Fact]
    public void Delivered_people_keep_their_fingerprints_until_these_are_forgotten()
    {
        var (people, random) = (new DeliveredPeople(), new Random(8));
        var model = new Dictionary<Hash16, Hash16>();
        while (model.Count < 10_000)
            model[Next(random, 0xFFFF, 0xFFFF)] = Next(random, ulong.MaxValue, ulong.MaxValue);
        foreach (var (hash, fingerprint) in model)
            people.Add(hash, fingerprint);

        Assert.All(model, pair => Assert.Equal(pair.Value, people.FingerprintOf(pair.Key)));
        Assert.Null(people.FingerprintOf(new Hash16(ulong.MaxValue, 0)));
        Assert.Throws<ArgumentException>(() => people.Add(model.First().Key, default));
        people.ForgetFingerprints();
        Assert.All(model.Keys, hash => Assert.Equal(default(Hash16), people.FingerprintOf(hash)));
    }

    private static Hash16 Next(Random random, ulong high, ulong low) =>
        new((ulong)random.NextInt64(long.MinValue, long.MaxValue) & high, (ulong)random.NextInt64(long.MinValue, long.MaxValue) & low);
}
