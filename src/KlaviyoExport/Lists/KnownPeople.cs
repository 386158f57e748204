namespace KlaviyoExport.Lists;

/// <summary>The people whom an export knows.</summary>
/// <param name="Delivered">The people whom it has delivered.</param>
/// <param name="RemovedByHand">The people whom somebody has taken off the list in Klaviyo.</param>
internal sealed record KnownPeople(DeliveredPeople Delivered, HashSet<Hash16> RemovedByHand)
{
    public static KnownPeople Nobody => new(new DeliveredPeople(), []);

    public bool IsEmpty => Delivered.Count == 0 && RemovedByHand.Count == 0;
}

/// <summary>
/// People whom an export has delivered, and the fingerprint of what was delivered. People whom the export does not hold any more have a
/// fingerprint that no profile has. They are numbered in the order in which they were added, starting at 0. It needs about 40 bytes for each
/// person. Not thread-safe.
/// </summary>
internal sealed class DeliveredPeople
{
    private readonly HashIndex _people = new();
    private readonly ChunkedList<Hash16> _fingerprints = new();

    public int Count => _people.Count;

    /// <summary>Returns the hash of the address of the person with a number.</summary>
    public Hash16 this[int number] => _people[number];

    /// <summary>Returns the number of a person. -1 for people who were not delivered.</summary>
    public int Find(Hash16 hash) => _people.Find(hash);

    /// <summary>Returns the fingerprint of a person. Null for people who were not delivered.</summary>
    public Hash16? FingerprintOf(Hash16 hash) => Find(hash) is >= 0 and var number ? _fingerprints[number] : null;

    /// <exception cref="ArgumentException">The person was added before.</exception>
    public void Add(Hash16 hash, Hash16 fingerprint)
    {
        if (!_people.Add(hash))
            throw new ArgumentException("The person was added before.", nameof(hash));
        _fingerprints.Add(fingerprint);
    }

    /// <summary>Gives everybody the fingerprint that no profile has.</summary>
    public void ForgetFingerprints()
    {
        for (var number = 0; number < Count; number++)
            _fingerprints[number] = default;
    }
}
