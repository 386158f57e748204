using System.Runtime.CompilerServices;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Segments;

/// <summary>
/// Reads members from a database server. SQL selects candidate rows and sorts them; each row is then tested here, so that a condition has
/// the same meaning with every collation. At most the rows of one key are held in memory.
/// </summary>
internal sealed class ServerMembers(ServerTable table, Source source, DateOnly today) : Members
{
    public override IReadOnlyList<Field> Fields => source.Fields;

    public override async IAsyncEnumerable<Profile> ReadAsync(
        IReadOnlyList<SegmentDefinition> definitions,
        IReadOnlyList<string> fields,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var query = await ServerQuery.WriteAsync(table, source, definitions, fields, today, cancellationToken);
        if (definitions.Count == 0)
            yield break;
        string? key = null;
        string?[]? first = null;
        await foreach (var row in table.Session.ReadAsync(query.Statement, query.Values, cancellationToken))
        {
            if (FieldValue.IsEmpty(row[0]) || !query.IsMember(row))
                continue;
            string?[] values = [.. query.Wanted.Select(place => row[place])];
            if (string.Equals(row[0], key, StringComparison.Ordinal))
            {
                first = RowOrder.Binary.Compare(values, first!) < 0 ? values : first;
                continue;
            }
            if (key is not null)
                yield return Profile(key, first!);
            (key, first) = (row[0], values);
        }
        if (key is not null)
            yield return Profile(key, first!);
    }

    public override async Task<IReadOnlyList<Profile>> FirstAsync(
        SegmentDefinition definition,
        IReadOnlyList<string> fields,
        int take,
        CancellationToken cancellationToken
    )
    {
        var first = new List<Profile>(take);
        await foreach (var profile in ReadAsync([definition], fields, cancellationToken))
        {
            first.Add(profile);
            if (first.Count == take)
                break;
        }
        return first;
    }

    public override async Task<long> CountAsync(IReadOnlyList<SegmentDefinition> definitions, CancellationToken cancellationToken)
    {
        var members = 0L;
        await foreach (var _ in ReadAsync(definitions, [], cancellationToken))
            members++;
        return members;
    }

    public override async Task<IReadOnlyList<SourceRow>> FindAsync(
        RowSearch search,
        IReadOnlyList<string> fields,
        IReadOnlyList<MembershipSegment> memberships,
        CancellationToken cancellationToken
    )
    {
        var query = await ServerLookup.WriteAsync(table, source, search, fields, memberships, cancellationToken);
        var found = new List<SourceRow>();
        await foreach (var row in table.Session.ReadAsync(query.Statement, query.Values, cancellationToken))
        {
            if (!FieldValue.IsEmpty(row[0]) && query.IsMember(row))
                found.Add(
                    new SourceRow(
                        row[0]!,
                        [.. query.Wanted.Select(place => row[place])],
                        [.. Enumerable.Range(1, memberships.Count).Select(place => row[place] is not null)]
                    )
                );
        }
        return found;
    }

    public override ValueTask DisposeAsync() => table.Session.DisposeAsync();

    private static Profile Profile(string key, string?[] values) =>
        new(key, Array.ConvertAll(values, value => FieldValue.IsEmpty(value) ? null : value));
}
