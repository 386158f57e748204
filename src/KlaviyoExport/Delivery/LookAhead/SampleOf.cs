using KlaviyoExport.Lists;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>
/// Draws a sample from a stream whose length is not known: the items with the smallest hashes. Every item has the same chance, and the same
/// items give the same sample in any order.
/// </summary>
/// <param name="size">The largest size of the sample.</param>
internal sealed class SampleOf<T>(int size)
{
    private readonly PriorityQueue<T, Hash16> _largestFirst = new(
        Comparer<Hash16>.Create((left, right) => (right.High, right.Low).CompareTo((left.High, left.Low)))
    );

    /// <summary>The sample drawn so far.</summary>
    public IEnumerable<T> Items => _largestFirst.UnorderedItems.Select(item => item.Element);

    public void Offer(Hash16 hash, T item)
    {
        if (_largestFirst.Count < size)
            _largestFirst.Enqueue(item, hash);
        else
            _largestFirst.EnqueueDequeue(item, hash);
    }
}
