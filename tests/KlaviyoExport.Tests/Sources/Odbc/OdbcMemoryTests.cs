using System.Diagnostics;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>Alone, because it measures the memory of the whole process, with what the driver holds.</summary>
[Collection(nameof(AloneOnTheMachine))]
[Trait(Needs.Trait, Needs.Server)]
public sealed class OdbcMemoryTests
{
    [Fact]
    public async Task Sorting_three_hundred_thousand_rows_keeps_its_memory_bounds()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(
            """
            CREATE TABLE one AS SELECT 1 AS id, ''::text AS note;
            CREATE TABLE many AS SELECT (i::bigint * 7919) % 300007 AS id, repeat(md5(i::text), 8) AS note FROM generate_series(1, 300000) AS i
            """
        );
        var source = await store.AddAsync(OdbcDatabase.Draft(database, "public.one"));
        source.Table = "public.many";
        var segment = new Segment
        {
            Name = "all",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
        };
        var (read, before) = (0, Used());
        var (most, last) = (0L, "");

        await foreach (var profile in store.Reader.ReadAsync(source, [segment], ["note"], TestContext.Current.CancellationToken))
        {
            Assert.True(string.CompareOrdinal(last, profile.Key) < 0);
            last = profile.Key;
            if (++read % 100_000 == 1)
                most = Math.Max(most, Used() - before);
        }

        // 77 MB of text would need 154 MB of memory if it were kept, and as much again in the driver.
        Assert.Equal(300_000, read);
        Assert.InRange(most, long.MinValue, 100_000_000);
    }

    private static long Used()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }
}
