namespace KlaviyoExport.Lists;

/// <summary>
/// A set of hashes that numbers them in the order in which they were added, starting at 0. It needs 22 to 27 bytes for each hash. A
/// dictionary needs 50 or more, and three times as much while it grows. Hashes are not removed. Not thread-safe.
/// </summary>
internal sealed class HashIndex
{
    private const int Smallest = 16;

    private readonly ChunkedList<Hash16> _hashes = new();

    // Open addressing with linear probing. A slot holds the number of a hash plus one in its low bits, as many as the length of the array
    // needs, and bits of the hash in the others, so that most hashes are told apart without a look at the list. 0 is a free slot.
    private uint[] _slots = new uint[Smallest];

    public int Count => _hashes.Count;

    private uint Mask => (uint)_slots.Length - 1;

    /// <summary>Returns the hash with a number.</summary>
    public Hash16 this[int number] => _hashes[number];

    /// <summary>Returns the number of a hash. -1 when the set does not contain it.</summary>
    public int Find(Hash16 hash) => (int)(_slots[SlotOf(hash)] & Mask) - 1;

    public bool Contains(Hash16 hash) => Find(hash) >= 0;

    /// <summary>Adds a hash.</summary>
    /// <returns>False when the set contains it already.</returns>
    public bool Add(Hash16 hash)
    {
        var slot = SlotOf(hash);
        if (_slots[slot] != 0)
            return false;
        _hashes.Add(hash);
        _slots[slot] = SlotFor(hash, _hashes.Count);
        // At most three quarters of the slots are used, so there is always a free one.
        if (_hashes.Count > _slots.Length / 4 * 3)
            Grow();
        return true;
    }

    /// <summary>Returns the slot of a hash, or the free slot in which to put it.</summary>
    private uint SlotOf(Hash16 hash)
    {
        var (slots, mask) = (_slots, Mask);
        var bits = (uint)hash.High & ~mask;
        for (var slot = (uint)hash.Low & mask; ; slot = (slot + 1) & mask)
        {
            var found = slots[slot];
            if (found == 0 || ((found & ~mask) == bits && _hashes[(int)(found & mask) - 1] == hash))
                return slot;
        }
    }

    private uint SlotFor(Hash16 hash, int numberPlusOne) => ((uint)hash.High & ~Mask) | (uint)numberPlusOne;

    private void Grow()
    {
        // The slots are made anew from the list. The old ones may be collected before the new ones exist.
        var length = _slots.Length * 2;
        _slots = [];
        _slots = new uint[length];
        for (var number = 0; number < _hashes.Count; number++)
        {
            var hash = _hashes[number];
            var slot = (uint)hash.Low & Mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & Mask;
            _slots[slot] = SlotFor(hash, number + 1);
        }
    }
}
