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

    public override bool HoldStill() => table.Session.IsSnapshot;

    public override async IAsyncEnumerable<Profile> ReadAsync(
        MemberSelection selection,
        IReadOnlyList<string> fields,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var query = await ServerQuery.WriteAsync(table, source, selection, fields, today, cancellationToken);
        if (selection.Taken.Count == 0)
            yield break;
        await foreach (var profile in ReadAsync(query, cancellationToken))
            yield return profile;
    }

    private async IAsyncEnumerable<Profile> ReadAsync(ServerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var rows in KeysAsync(query, cancellationToken))
        {
            string?[]? first = null;
            foreach (var row in rows.Where(row => query.IsMember(row)))
            {
                string?[] values = [.. query.Wanted.Select(place => row[place])];
                first = first is null || RowOrder.Binary.Compare(values, first) < 0 ? values : first;
            }
            if (first is not null)
                yield return Profile(rows[0][0]!, first);
        }
    }

    public override async Task<IReadOnlyList<Profile>> FirstAsync(
        SegmentDefinition definition,
        IReadOnlyList<string> fields,
        int take,
        CancellationToken cancellationToken
    )
    {
        var first = new List<Profile>(take);
        await foreach (var profile in ReadAsync(MemberSelection.Of(definition), fields, cancellationToken))
        {
            first.Add(profile);
            if (first.Count == take)
                break;
        }
        return first;
    }

    public override async Task<MeasuredCount> CountAsync(MemberSelection selection, CancellationToken cancellationToken)
    {
        if (selection.Taken.Count == 0)
            return new MeasuredCount(0, null);
        var query = await ServerQuery.WriteAsync(table, source, selection, [], today, cancellationToken);
        var (members, rowsRead) = (0L, 0L);
        await foreach (var rows in KeysAsync(query, cancellationToken))
        {
            rowsRead += rows.Count;
            members += rows.Exists(query.IsMember) ? 1 : 0;
        }
        return new MeasuredCount(members, new SegmentReading(rowsRead, query.Conditions));
    }

    public override async Task<IReadOnlyList<long>> CountEachAsync(
        IReadOnlyList<SegmentDefinition> definitions,
        CancellationToken cancellationToken
    )
    {
        var query = await ServerQuery.WriteAsync(table, source, new MemberSelection(definitions, []), [], today, cancellationToken);
        var counts = new long[definitions.Count];
        await foreach (var rows in KeysAsync(query, cancellationToken))
        {
            for (var i = 0; i < counts.Length; i++)
                counts[i] += rows.Exists(query.Each[i]) ? 1 : 0;
        }
        return counts;
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
        await foreach (
            var row in table.Session.ReadByKeyAsync(query.Statement, query.Values, query.KeyParts, query.Sets, cancellationToken)
        )
        {
            if (!source.KeyColumns.IsMissing(row[0]) && query.IsMember(row))
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

    /// <summary>Reads the rows of one key at a time. They are ready to be tested, until the next ones are read.</summary>
    private async IAsyncEnumerable<List<string?[]>> KeysAsync(
        ServerQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var rows = new List<string?[]>();
        await foreach (
            var row in table.Session.ReadByKeyAsync(query.Statement, query.Values, query.KeyParts, query.Sets, cancellationToken)
        )
        {
            if (source.KeyColumns.IsMissing(row[0]))
                continue;
            if (rows.Count > 0 && !string.Equals(row[0], rows[0][0], StringComparison.Ordinal))
            {
                query.BeginKey?.Invoke(rows);
                yield return rows;
                rows.Clear();
            }
            rows.Add(row);
        }
        if (rows.Count == 0)
            yield break;
        query.BeginKey?.Invoke(rows);
        yield return rows;
    }

    private static Profile Profile(string key, string?[] values) =>
        new(key, Array.ConvertAll(values, value => FieldValue.IsEmpty(value) ? null : value));
}
