using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>The rows of a source that <see cref="ProfileLookup"/> has found for one person.</summary>
public sealed class FoundRows
{
    private readonly IReadOnlyList<SourceRow> _rows;
    private readonly string[] _fields;
    private readonly SegmentDecider _decider;

    internal FoundRows(IReadOnlyList<SourceRow> rows, string[] fields, SegmentDecider decider) =>
        (_rows, _fields, _decider) = (rows, fields, decider);

    /// <summary>
    /// Returns the profiles in the order in which a run reads them, with what a run of these segments makes of them: several rows with one
    /// key are one profile, and of several profiles with one address the first member is sent.
    /// </summary>
    /// <param name="selection">Some of the segments of the search.</param>
    /// <param name="sent">The fields that a run reads, the email field first. They decide between rows with the same key.</param>
    public IReadOnlyList<FoundProfile> Under(SegmentSelection selection, IReadOnlyList<string> sent)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var order = sent.Select(field => Array.IndexOf(_fields, field)).ToList();
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        var profiles = new List<FoundProfile>();
        foreach (var (key, rows) in _rows.GroupBy(row => row.Key, StringComparer.Ordinal).Select(group => (group.Key, group.ToList())))
            profiles.Add(Profile(key, [.. rows.OrderBy(row => order.ConvertAll(place => row.Values[place]), RowOrder.Binary)], selection));
        profiles.Sort((left, right) => RowOrder.Compare(left.Key, right.Key));
        return profiles.ConvertAll(profile =>
            profile is not { IsMember: true, Address: { } address } ? profile
            : taken.TryAdd(address, profile.Key) ? profile
            : profile with { SentInstead = taken[address] }
        );
    }

    private FoundProfile Profile(string key, IReadOnlyList<SourceRow> rows, SegmentSelection selection)
    {
        var decider = _decider.ForKey(rows);
        var read = rows.FirstOrDefault(row => selection.Taken.Any(segment => decider.IsMember(segment, row))) ?? rows[0];
        var email = read.Values[0];
        return new FoundProfile(
            key,
            FieldValue.IsEmpty(email) ? null : email,
            EmailAddress.TryNormalize(email, out var address) ? address : null,
            [.. selection.Taken.Select(segment => decider.Verdict(segment, read))],
            null
        )
        {
            Excluding = [.. selection.Excluded.Select(segment => decider.Verdict(segment, read))],
        };
    }
}

/// <summary>A profile of a person in a source.</summary>
/// <param name="Key">The key.</param>
/// <param name="Email">The email field as in the source. Null when it is empty.</param>
/// <param name="Address">The normalized address. Null when the field is empty or is not an address.</param>
/// <param name="Segments">For each segment, whether the profile is a member and why.</param>
/// <param name="SentInstead">The key of the profile with the same address that a run sends instead. Null when there is none.</param>
public sealed record FoundProfile(string Key, string? Email, string? Address, IReadOnlyList<SegmentVerdict> Segments, string? SentInstead)
{
    /// <summary>For each segment whose members are left out, whether the profile is a member and why.</summary>
    public IReadOnlyList<SegmentVerdict> Excluding { get; init; } = [];

    /// <summary>The first segment that leaves the profile out. Null when there is none.</summary>
    public SegmentVerdict? ExcludedBy => Excluding.FirstOrDefault(segment => segment.IsMember == true);

    /// <summary>Whether the profile is a member of any of the segments, and no segment leaves it out.</summary>
    public bool IsMember => Segments.Any(segment => segment.IsMember == true) && Excluding.All(segment => segment.IsMember == false);
}
