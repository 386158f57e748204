using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Lists.Traces;

/// <summary>
/// Decides which stored data is about one person. The address decides. Data without a valid address belongs to the person when it has the key
/// of a profile of the person in the same source.
/// </summary>
internal sealed class SoughtPerson
{
    private readonly Dictionary<int, HashSet<string>> _keys = [];

    /// <param name="address">The normalized address. Null for a person without a valid one.</param>
    public SoughtPerson(string? address) => Address = address;

    public string? Address { get; }

    /// <summary>The address and all keys of the person.</summary>
    public IReadOnlyCollection<string> Texts =>
        [.. _keys.Values.SelectMany(keys => keys), .. Address is { } address ? [address] : Array.Empty<string>()];

    /// <summary>Adds the key of a profile of the person in a source.</summary>
    public void Add(int sourceId, string key)
    {
        if (!_keys.TryGetValue(sourceId, out var keys))
            _keys.Add(sourceId, keys = new HashSet<string>(StringComparer.Ordinal));
        keys.Add(key);
    }

    /// <summary>Whether stored data with this key and address is about the person.</summary>
    public bool Owns(int sourceId, string? key, string? email) =>
        EmailAddress.TryNormalize(email, out var normalized)
            ? normalized == Address
            : key is not null && _keys.TryGetValue(sourceId, out var keys) && keys.Contains(key);
}
