using KlaviyoExport.Sources.Csv;

namespace KlaviyoExport.Tests.Sources;

public sealed class CsvMemoryTests
{
    [Fact]
    public async Task A_hundred_times_the_rows_need_no_more_memory()
    {
        var few = await AllocatedAsync(2_000);
        var many = await AllocatedAsync(200_000);

        // 200,000 rows would need 50 MB if they were kept or made into strings.
        Assert.InRange(many - few, long.MinValue, 1_000_000);
    }

    /// <summary>The bytes allocated to load this many rows of text. The loader runs on the calling thread.</summary>
    private static async Task<long> AllocatedAsync(int rows)
    {
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;
        try
        {
            var file = Path.Combine(directory, "many.csv");
            await using (var writer = new StreamWriter(file))
            {
                await writer.WriteLineAsync("id,email,note");
                for (var i = 0; i < rows; i++)
                    await writer.WriteLineAsync($"c-{i:D8},customer{i}@example.com,a note long enough to be noticed if it were kept {i}");
            }
            var before = GC.GetAllocatedBytesForCurrentThread();
            var loaded = CsvLoader.Load(
                [file],
                SourceStore.Reading,
                ["id"],
                [],
                Path.Combine(directory, "staging.db"),
                null,
                CancellationToken.None
            );
            Assert.Equal(rows, loaded.RowCount);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
