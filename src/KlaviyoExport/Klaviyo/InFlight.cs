namespace KlaviyoExport.Klaviyo;

/// <summary>Makes several calls at once. The rate limits of the client decide how fast they leave.</summary>
internal static class InFlight
{
    /// <summary>
    /// The number of look-ups that can wait for their answers. Klaviyo allows 75 look-ups a second, so this fills the burst limit when an
    /// answer takes 0.8 seconds.
    /// </summary>
    public const int Lookups = 64;

    /// <summary>
    /// Makes a call for each item. When a call fails, no further call is made, the others are canceled, and the exception is thrown when all
    /// have ended.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="atOnce">The maximum number of calls at the same time.</param>
    /// <param name="call">Makes one call.</param>
    /// <param name="cancellationToken">Cancels all calls.</param>
    /// <returns>The results in the order of the items.</returns>
    public static async Task<TResult[]> SelectAsync<TItem, TResult>(
        IEnumerable<TItem> items,
        int atOnce,
        Func<TItem, CancellationToken, Task<TResult>> call,
        CancellationToken cancellationToken
    )
    {
        TItem[] all = [.. items];
        var results = new TResult[all.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, all.Length),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (index, stopping) => results[index] = await call(all[index], stopping)
        );
        return results;
    }
}
