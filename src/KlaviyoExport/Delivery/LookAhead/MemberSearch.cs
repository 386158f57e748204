using KlaviyoExport.Lists;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Chooses members while they are read.</summary>
/// <param name="text">A key, or a part of a value that is sent. Letters are compared without case. Empty for the first members.</param>
/// <param name="most">The largest number of members.</param>
internal sealed class MemberSearch(string text, int most)
{
    private readonly List<SeenMember> _found = new(most);
    private bool _hasKey;

    /// <summary>Whether only the member with the key is sought.</summary>
    public bool ByKeyOnly { get; init; }

    /// <summary>The members found so far, in the order of reading. The member with the key comes first.</summary>
    public IReadOnlyList<SeenMember> Found => _found;

    /// <summary>Whether the members that follow cannot be chosen.</summary>
    public bool IsComplete => _found.Count == most && (text.Length == 0 || (ByKeyOnly && _hasKey));

    public void Offer(Profile profile, SortedMember decision)
    {
        var isNamed = text.Length > 0 && string.Equals(profile.Key, text, StringComparison.Ordinal);
        if (!isNamed && (ByKeyOnly || _found.Count == most || !Matches(profile)))
            return;
        if (_found.Count == most)
            _found.RemoveAt(most - 1);
        _hasKey |= isNamed;
        _found.Insert(isNamed ? 0 : _found.Count, new SeenMember(profile, decision));
    }

    private bool Matches(Profile profile) =>
        text.Length == 0
        || profile.Key.Contains(text, StringComparison.OrdinalIgnoreCase)
        || profile.Values.Any(value => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);
}
