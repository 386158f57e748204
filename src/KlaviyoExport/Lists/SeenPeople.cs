using System.Diagnostics.CodeAnalysis;

namespace KlaviyoExport.Lists;

/// <summary>
/// The people whose addresses a pass over the members has read, with the key of the first member of each, so that the rejection of a
/// duplicate can name it. Not thread-safe.
/// </summary>
/// <param name="delivered">The people whom the export has delivered. They must not change during the pass.</param>
internal sealed class SeenPeople(DeliveredPeople delivered)
{
    // Delivered people are not stored a second time. By their number: the number of their key plus one, 0 for people who were not seen.
    private readonly int[] _keysOfDelivered = new int[delivered.Count];

    // The keys stay in memory: a look-up in the source might find another state of it. With what keys share left out, this needs less than
    // the hashes.
    private readonly KeyList _deliveredKeys = new();
    private readonly HashIndex _others = new();
    private readonly KeyList _otherKeys = new();
    private readonly HashIndex _outside = new();

    /// <summary>The delivered people who were not seen, or who were left out.</summary>
    public IEnumerable<Hash16> Missing
    {
        get
        {
            for (var number = 0; number < _keysOfDelivered.Length; number++)
                if (_keysOfDelivered[number] == 0 || _outside.Contains(delivered[number]))
                    yield return delivered[number];
        }
    }

    /// <summary>The number of delivered people who were not seen, or who were left out.</summary>
    public int MissingCount { get; private set; } = delivered.Count;

    /// <summary>Whether the person was seen and not left out.</summary>
    public bool Contains(Hash16 hash) =>
        (delivered.Find(hash) is >= 0 and var number ? _keysOfDelivered[number] > 0 : _others.Contains(hash)) && !_outside.Contains(hash);

    /// <summary>Adds a person.</summary>
    /// <param name="hash">The keyed hash of the address.</param>
    /// <param name="key">The key of the member.</param>
    /// <param name="firstKey">The key with which the person was added before. Null when the person is new.</param>
    /// <returns>False when the person was added before.</returns>
    public bool TryAdd(Hash16 hash, string key, [NotNullWhen(false)] out string? firstKey)
    {
        firstKey = null;
        if (delivered.Find(hash) is >= 0 and var number)
        {
            if (_keysOfDelivered[number] is > 0 and var first)
            {
                firstKey = _deliveredKeys[first - 1];
                return false;
            }
            _deliveredKeys.Add(key);
            _keysOfDelivered[number] = _deliveredKeys.Count;
            MissingCount--;
            return true;
        }
        if (!_others.Add(hash))
        {
            firstKey = _otherKeys[_others.Find(hash)];
            return false;
        }
        _otherKeys.Add(key);
        return true;
    }

    /// <summary>Leaves out a person who was added, because the audience does not contain this person.</summary>
    public void LeaveOut(Hash16 hash)
    {
        if (_outside.Add(hash) && delivered.Find(hash) >= 0)
            MissingCount++;
    }
}
