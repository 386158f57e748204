using KlaviyoExport.Segments;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Alone, because it measures the memory of the whole process: what other tests hold would be counted with it.</summary>
[Collection(nameof(AloneOnTheMachine))]
[Trait(Needs.Trait, Needs.Server)]
public sealed class MySqlMemoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_keeps_its_snapshot_and_its_memory_bounds()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddMariaDbAsync(
            database,
            "CREATE TABLE t AS SELECT seq AS id, REPEAT(MD5(seq), 64) AS note FROM seq_1_to_30000",
            "t"
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
            if (read % 5_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        // 60 MB of text would need 120 MB of memory if it were kept.
        Assert.Equal(30_000, read);
        Assert.InRange(most, long.MinValue, 15_000_000);
    }
}
