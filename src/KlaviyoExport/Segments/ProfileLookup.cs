using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>
/// Finds the profiles of one person in a source, by address or by key. In a file, and by key also in a database server, SQL selects the
/// rows. By address a server's rows are all read, because its comparisons depend on collation.
/// </summary>
public sealed class ProfileLookup
{
    /// <summary>The maximum number of profiles of one address that are compared.</summary>
    public const int MostKeys = 100;

    private readonly SegmentReader _reader;
    private readonly TimeProvider _clock;

    internal ProfileLookup(SegmentReader reader, TimeProvider clock) => (_reader, _clock) = (reader, clock);

    /// <summary>Finds the profiles with an address or a key, and all others with the same address.</summary>
    /// <param name="source">The source.</param>
    /// <param name="emailField">The field that contains the address.</param>
    /// <param name="fields">The other fields that are sent.</param>
    /// <param name="segments">The segments of the source that are asked about later.</param>
    /// <param name="text">
    /// An address, compared as <see cref="EmailAddress.TryNormalize"/> compares; or the exact key of a profile; or the text of an email
    /// field that is not an address.
    /// </param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="LocalizedException">The source or a field cannot be read. The message names it.</exception>
    public async Task<FoundRows> FindAsync(
        Source source,
        string emailField,
        IReadOnlyList<string> fields,
        IReadOnlyList<Segment> segments,
        string text,
        CancellationToken cancellationToken
    )
    {
        await using var members = await _reader.OpenAsync(source, isGlance: false, cancellationToken);
        var definitions = await DefinitionsAsync(source, segments, members.Fields, cancellationToken);
        var readable = definitions.Values.Select(one => one.Definition).OfType<SegmentDefinition>();
        List<SegmentDefinition> all = [.. readable.SelectMany(one => SegmentTree.KeysIn(one).Select(key => key.Definition).Append(one))];
        IReadOnlyList<MembershipSegment> memberships = [.. all.OfType<MembershipSegment>().Distinct()];
        var compared = all.SelectMany(SegmentTree.NodesOf).OfType<Condition>().Select(condition => condition.Field);
        string[] wanted = [emailField, .. fields.Concat(compared).Distinct().Where(field => field != emailField)];
        var keys = await KeysAsync(members, emailField, text, cancellationToken);
        var rows =
            keys.Count == 0
                ? []
                : await members.FindAsync(new RowSearch.WithKeys([.. keys.Take(MostKeys)]), wanted, memberships, cancellationToken);
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        return new FoundRows(rows, wanted, new SegmentDecider(members.Fields, today, wanted, memberships, definitions));
    }

    private async Task<Dictionary<int, (SegmentDefinition? Definition, LocalizedMessage? Fault)>> DefinitionsAsync(
        Source source,
        IReadOnlyList<Segment> segments,
        IReadOnlyList<Field> fields,
        CancellationToken cancellationToken
    )
    {
        var stored = segments.Select(segment => segment.Definition);
        var references = await _reader.ReferencesAsync(source, stored, fields, cancellationToken);
        return segments.DistinctBy(segment => segment.Id).ToDictionary(segment => segment.Id, Resolved);

        (SegmentDefinition?, LocalizedMessage?) Resolved(Segment segment)
        {
            try
            {
                return (references.Resolve(segment).Definition, null);
            }
            catch (SegmentUnreadableException fault)
            {
                return (null, fault.LocalizedMessage);
            }
        }
    }

    private static async Task<IReadOnlyCollection<string>> KeysAsync(
        Members members,
        string emailField,
        string text,
        CancellationToken cancellationToken
    )
    {
        if (EmailAddress.TryNormalize(text, out var address) && await WithAddressAsync(address) is { Count: > 0 } found)
            return found;
        if (await members.FindAsync(new RowSearch.WithKeys([text]), [emailField], [], cancellationToken) is { Count: > 0 } rows)
        {
            var keys = new SortedSet<string>(StringComparer.Ordinal) { text };
            foreach (var row in rows)
                if (EmailAddress.TryNormalize(row.Values[0], out var same))
                    keys.UnionWith(await WithAddressAsync(same));
            return keys;
        }
        // A text that is no address may still be in the email field, and then the profile is rejected because of it.
        return address is null ? await WithTextAsync(text, value => FieldValue.Fold(value) == FieldValue.Fold(text)) : [];

        Task<IReadOnlyCollection<string>> WithAddressAsync(string one) =>
            KeysOfAsync(new RowSearch.WithAddress(emailField, one), value => IsSpelling(value, one));

        Task<IReadOnlyCollection<string>> WithTextAsync(string part, Predicate<string> isMeant) =>
            KeysOfAsync(new RowSearch.WithText(emailField, part), isMeant);

        async Task<IReadOnlyCollection<string>> KeysOfAsync(RowSearch search, Predicate<string> isMeant)
        {
            var candidates = await members.FindAsync(search, [emailField], [], cancellationToken);
            return candidates
                .Where(row => row.Values[0] is { } value && isMeant(value))
                .Select(row => row.Key)
                .ToHashSet(StringComparer.Ordinal);
        }
    }

    private static bool IsSpelling(string text, string address) =>
        EmailAddress.TryNormalize(text, out var normalized) && normalized == address;
}
