using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>The rows of a source that <see cref="ProfileLookup"/> has found for one person.</summary>
public sealed class FoundRows
{
    private readonly IReadOnlyList<SourceRow> _rows;
    private readonly string[] _fields;
    private readonly IReadOnlyList<MembershipSegment> _memberships;
    private readonly ConditionTest _test;
    private readonly Dictionary<int, LocalizedMessage?> _faults;

    internal FoundRows(
        IReadOnlyList<SourceRow> rows,
        string[] fields,
        IReadOnlyList<MembershipSegment> memberships,
        ConditionTest test,
        Dictionary<int, LocalizedMessage?> faults
    ) => (_rows, _fields, _memberships, _test, _faults) = (rows, fields, memberships, test, faults);

    /// <summary>
    /// Returns the profiles in the order in which a run reads them, with what a run of these segments makes of them: several rows with one
    /// key are one profile, and of several profiles with one address the first member is sent.
    /// </summary>
    /// <param name="segments">Some of the segments of the search.</param>
    /// <param name="sent">The fields that a run reads, the email field first. They decide between rows with the same key.</param>
    public IReadOnlyList<FoundProfile> Under(IReadOnlyList<Segment> segments, IReadOnlyList<string> sent)
    {
        var order = sent.Select(PlaceOf).ToList();
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        var profiles = new List<FoundProfile>();
        foreach (var (key, rows) in _rows.GroupBy(row => row.Key, StringComparer.Ordinal).Select(group => (group.Key, group.ToList())))
            profiles.Add(Profile(key, [.. rows.OrderBy(row => order.ConvertAll(place => row.Values[place]), RowOrder.Binary)], segments));
        profiles.Sort((left, right) => RowOrder.Compare(left.Key, right.Key));
        return profiles.ConvertAll(profile =>
            profile is not { IsMember: true, Address: { } address } ? profile
            : taken.TryAdd(address, profile.Key) ? profile
            : profile with { SentInstead = taken[address] }
        );
    }

    private FoundProfile Profile(string key, IReadOnlyList<SourceRow> rows, IReadOnlyList<Segment> segments)
    {
        var read = rows.FirstOrDefault(row => segments.Any(segment => IsMember(segment, row))) ?? rows[0];
        var email = read.Values[0];
        return new FoundProfile(
            key,
            FieldValue.IsEmpty(email) ? null : email,
            EmailAddress.TryNormalize(email, out var address) ? address : null,
            [.. segments.Select(segment => Verdict(segment, rows.FirstOrDefault(row => IsMember(segment, row)) ?? read))],
            null
        );
    }

    private SegmentVerdict Verdict(Segment segment, SourceRow row) =>
        _faults[segment.Id] is { } fault ? new(segment.Id, segment.Name, null, [], null, fault)
        : segment.Definition is ConditionSegment { Root: var root }
            ? new(segment.Id, segment.Name, IsMember(segment, row), new ConditionReasons(_test, PlaceOf, row.Values).Of(root), null, null)
        : new(segment.Id, segment.Name, IsMember(segment, row), [], segment.Definition as MembershipSegment, null);

    private bool IsMember(Segment segment, SourceRow row) =>
        _faults[segment.Id] is null
        && segment.Definition switch
        {
            ConditionSegment { Root: var root } => _test.Of(root)(row.Values),
            MembershipSegment membership => row.IsInTable[_memberships.ToList().IndexOf(membership)],
            _ => throw new NotSupportedException(segment.Definition.GetType().Name),
        };

    private int PlaceOf(string field) => Array.IndexOf(_fields, field);
}

/// <summary>A profile of a person in a source.</summary>
/// <param name="Key">The key.</param>
/// <param name="Email">The email field as in the source. Null when it is empty.</param>
/// <param name="Address">The normalized address. Null when the field is empty or is not an address.</param>
/// <param name="Segments">For each segment, whether the profile is a member and why.</param>
/// <param name="SentInstead">The key of the profile with the same address that a run sends instead. Null when there is none.</param>
public sealed record FoundProfile(string Key, string? Email, string? Address, IReadOnlyList<SegmentVerdict> Segments, string? SentInstead)
{
    /// <summary>Whether the profile is a member of any of the segments.</summary>
    public bool IsMember => Segments.Any(segment => segment.IsMember == true);
}
