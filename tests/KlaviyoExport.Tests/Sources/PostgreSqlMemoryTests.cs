using KlaviyoExport.Segments;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Alone, because it measures the memory of the whole process: what other tests hold would be counted with it.</summary>
[Collection(nameof(AloneOnTheMachine))]
[Trait(Needs.Trait, Needs.Server)]
public sealed class PostgreSqlMemoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_keeps_its_snapshot_and_its_memory_bounds()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            "CREATE TABLE t AS SELECT i AS id, repeat(md5(i::text), 64) AS note FROM generate_series(1, 60000) AS i",
            "public.t"
        );
        var segment = new Segment
        {
            Name = "all",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
        };
        var (read, most, before) = (0, 0L, GC.GetTotalMemory(forceFullCollection: true));

        await foreach (var profile in store.Reader.ReadAsync(source, [segment], ["note"], Cancel))
        {
            if (++read == 1)
                await database.ExecuteAsync("DELETE FROM t");
            if (read % 10_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        // 120 MB of text would need 240 MB of memory if it were kept.
        Assert.Equal(60_000, read);
        Assert.InRange(most, long.MinValue, 20_000_000);
    }
}
