using KlaviyoExport.Lists;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Settles many people of a run in chunks. While a chunk waits for Klaviyo, others are looked up, sent or stored. When one fails, no other
/// begins, and the exception is thrown when all have ended.
/// </summary>
/// <param name="progress">Gets the number of people who are settled.</param>
internal sealed class ChunksInFlight(RunProgress progress) : IDisposable
{
    // Klaviyo allows 75 look-ups a second. A chunk makes ten, and waits for two answers: with answers after 0.8 seconds, twelve chunks use
    // the burst limit.
    private const int AtOnce = 12;

    private readonly SemaphoreSlim _turn = new(1);
    private long _settled;

    /// <summary>Settles all people.</summary>
    /// <param name="people">The people, in the order of the chunks.</param>
    /// <param name="size">The number of people in a chunk.</param>
    /// <param name="settle">Settles a chunk. Its token is canceled when another chunk fails.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task SettleAsync(
        IEnumerable<Hash16> people,
        int size,
        Func<Hash16[], CancellationToken, Task> settle,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            people.Chunk(size),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (chunk, stopping) =>
            {
                await settle(chunk, stopping);
                await StoreAsync(() => ReportAsync(chunk.Length, stopping), stopping);
            }
        );

    /// <summary>
    /// Writes to the store while no other chunk does. All transactions of a run wait for its claim, so they would only occupy threads and
    /// connections.
    /// </summary>
    /// <param name="store">The transaction.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task StoreAsync(Func<Task> store, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await store();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ReportAsync(int count, CancellationToken cancellationToken)
    {
        _settled += count;
        await progress.ReportAsync(_settled, cancellationToken);
    }
}
