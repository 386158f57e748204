namespace KlaviyoExport.Lists;

/// <summary>
/// A list for millions of small values. It grows by chunks, so it never copies its items and never needs twice its memory. Items are not
/// removed. Not thread-safe.
/// </summary>
internal sealed class ChunkedList<T>
    where T : unmanaged
{
    // A chunk of 16-byte values is smaller than what the garbage collector treats as a large object.
    private const int ChunkBits = 12;
    private const int ChunkMask = (1 << ChunkBits) - 1;

    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    /// <summary>Returns an item. It may be written.</summary>
    public ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _chunks[index >> ChunkBits][index & ChunkMask];
        }
    }

    public void Add(T item)
    {
        if (Count >> ChunkBits == _chunks.Count)
            _chunks.Add(new T[1 << ChunkBits]);
        _chunks[Count >> ChunkBits][Count & ChunkMask] = item;
        Count++;
    }
}
