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
        var faults = segments
            .DistinctBy(segment => segment.Id)
            .ToDictionary(
                segment => segment.Id,
                segment => SegmentRules.Validate(segment.Definition, members.Fields) is [var fault, ..] ? fault : null
            );
        var readable = segments.Where(segment => faults[segment.Id] is null).Select(segment => segment.Definition).ToList();
        IReadOnlyList<MembershipSegment> memberships = [.. readable.OfType<MembershipSegment>().Distinct()];
        string[] wanted =
        [
            emailField,
            .. fields.Concat(readable.OfType<ConditionSegment>().SelectMany(FieldsOf)).Distinct().Where(field => field != emailField),
        ];
        var keys = await KeysAsync(members, emailField, text, cancellationToken);
        var rows =
            keys.Count == 0
                ? []
                : await members.FindAsync(new RowSearch.WithKeys([.. keys.Take(MostKeys)]), wanted, memberships, cancellationToken);
        return new FoundRows(
            rows,
            wanted,
            memberships,
            new ConditionTest(members.Fields, DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime), field => Array.IndexOf(wanted, field)),
            segments.DistinctBy(segment => segment.Id).ToDictionary(segment => segment.Id, segment => faults[segment.Id]?.LocalizedMessage)
        );
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

    private static IEnumerable<string> FieldsOf(ConditionSegment segment) => FieldsOf(segment.Root);

    private static IEnumerable<string> FieldsOf(ConditionNode node) =>
        node switch
        {
            Condition condition => [condition.Field],
            ConditionGroup group => group.Parts.SelectMany(FieldsOf),
            _ => throw new NotSupportedException(node.GetType().Name),
        };
}
