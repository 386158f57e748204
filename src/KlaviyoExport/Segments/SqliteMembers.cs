using System.Runtime.CompilerServices;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Segments;

/// <summary>
/// Reads members from a SQLite file: the user's own or a staging file. SQL decides, with our own functions for what SQLite cannot
/// express.
/// </summary>
internal sealed class SqliteMembers(ProfileTable table, Source source, DateOnly today) : Members
{
    // A definition has at most 500 conditions, each with at most two parameters. SQLite accepts 32,766 in a command.
    private const int CountedTogether = 20;

    public override IReadOnlyList<Field> Fields => table.Fields;

    public override bool HoldStill() => table.File.HoldStill();

    public override async IAsyncEnumerable<Profile> ReadAsync(
        MemberSelection selection,
        IReadOnlyList<string> fields,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        using var interruption = table.File.InterruptBy(cancellationToken);
        using var command = Select(selection, fields);
        using var reader = Guard(command.ExecuteReader, cancellationToken);
        string? last = null;
        while (Next(reader, fields.Count, last, cancellationToken) is { } profile)
        {
            yield return profile;
            last = profile.Key;
        }
        table.File.DemandUnchanged();
    }

    public override async Task<IReadOnlyList<Profile>> FirstAsync(
        SegmentDefinition definition,
        IReadOnlyList<string> fields,
        int take,
        CancellationToken cancellationToken
    )
    {
        using var interruption = table.File.InterruptBy(cancellationToken);
        using var command = Select(MemberSelection.Of(definition), fields);
        var first = await Task.Run(() => Guard(() => First(command, fields.Count, take), cancellationToken), cancellationToken);
        table.File.DemandUnchanged();
        return first;
    }

    public override async Task<MeasuredCount> CountAsync(MemberSelection selection, CancellationToken cancellationToken)
    {
        using var interruption = table.File.InterruptBy(cancellationToken);
        using var command = table.Connection.CreateCommand();
        var condition = new ConditionSql(table, today, command.Parameters).Of(selection);
        var count = table.KeysAreUnique ? "count(*)" : $"count(DISTINCT {table.Key})";
        command.CommandText = $"SELECT {count} FROM {table.From} WHERE {table.HasKey} AND {condition}";
        var members = await Task.Run(() => Guard(() => (long)command.ExecuteScalar()!, cancellationToken), cancellationToken);
        table.File.DemandUnchanged();
        return new MeasuredCount(members, null);
    }

    public override async Task<IReadOnlyList<long>> CountEachAsync(
        IReadOnlyList<SegmentDefinition> definitions,
        CancellationToken cancellationToken
    )
    {
        using var interruption = table.File.InterruptBy(cancellationToken);
        var counts = new List<long>(definitions.Count);
        var distinct = table.KeysAreUnique ? "" : "DISTINCT";
        foreach (var some in definitions.Chunk(CountedTogether))
        {
            using var command = table.Connection.CreateCommand();
            var conditions = new ConditionSql(table, today, command.Parameters);
            var counted = some.Select(definition => $"count({distinct} CASE WHEN {conditions.Of(definition)} THEN {table.Key} END)");
            command.CommandText = $"SELECT {string.Join(", ", counted)} FROM {table.From} WHERE {table.HasKey}";
            counts.AddRange(await Task.Run(() => Guard(() => Counts(command, some.Length), cancellationToken), cancellationToken));
        }
        table.File.DemandUnchanged();
        return counts;
    }

    public override async Task<IReadOnlyList<SourceRow>> FindAsync(
        RowSearch search,
        IReadOnlyList<string> fields,
        IReadOnlyList<MembershipSegment> memberships,
        CancellationToken cancellationToken
    )
    {
        using var interruption = table.File.InterruptBy(cancellationToken);
        using var command = table.Connection.CreateCommand();
        var isWanted = new ConditionSql(table, today, command.Parameters).Of(search);
        var selected = fields
            .Select(table.Column)
            .Prepend(table.Key)
            .Concat(memberships.Select(membership => table.IsKeyIn(membership.Table, membership.KeyColumns)));
        command.CommandText = $"SELECT {string.Join(", ", selected)} FROM {table.From} WHERE {table.HasKey} AND {isWanted}";
        var found = await Task.Run(() => Guard(() => Rows(command, fields.Count, memberships.Count), cancellationToken), cancellationToken);
        table.File.DemandUnchanged();
        return found;
    }

    public override ValueTask DisposeAsync()
    {
        table.Dispose();
        return ValueTask.CompletedTask;
    }

    private SqliteCommand Select(MemberSelection selection, IReadOnlyList<string> fields)
    {
        var columns = fields.Select(table.Column).ToList();
        var command = table.Connection.CreateCommand();
        var members = new ConditionSql(table, today, command.Parameters).Of(selection);
        IEnumerable<string> order = table.KeysAreUnique ? ["1"] : Enumerable.Range(1, columns.Count + 1).Select(i => $"{i} COLLATE BINARY");
        command.CommandText =
            $"SELECT {string.Join(", ", columns.Prepend(table.Key))} FROM {table.From} WHERE {table.HasKey} AND {members} ORDER BY "
            + $"{string.Join(", ", order)}";
        return command;
    }

    private static long[] Counts(SqliteCommand command, int count)
    {
        using var reader = command.ExecuteReader();
        reader.Read();
        return [.. Enumerable.Range(0, count).Select(reader.GetInt64)];
    }

    private static List<Profile> First(SqliteCommand command, int fields, int take)
    {
        using var reader = command.ExecuteReader();
        var profiles = new List<Profile>(take);
        while (profiles.Count < take && Next(reader, fields, profiles.LastOrDefault()?.Key) is { } profile)
            profiles.Add(profile);
        return profiles;
    }

    private static List<SourceRow> Rows(SqliteCommand command, int fields, int memberships)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<SourceRow>();
        while (reader.Read())
            rows.Add(
                new SourceRow(
                    reader.GetString(0),
                    [.. Enumerable.Range(1, fields).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))],
                    [.. Enumerable.Range(fields + 1, memberships).Select(i => !reader.IsDBNull(i) && reader.GetInt64(i) != 0)]
                )
            );
        return rows;
    }

    private static Profile? Next(SqliteDataReader reader, int fields, string? last)
    {
        while (reader.Read())
        {
            // The reader of the driver checks the state of the statement for each value, which takes longer than reading the value.
            var row = reader.Handle!;
            var key = raw.sqlite3_column_text(row, 0).utf8_to_string();
            if (string.Equals(key, last, StringComparison.Ordinal))
                continue;
            var values = new string?[fields];
            for (var i = 0; i < fields; i++)
            {
                // Null for NULL.
                var value = raw.sqlite3_column_text(row, i + 1).utf8_to_string();
                values[i] = FieldValue.IsEmpty(value) ? null : value;
            }
            return new Profile(key, values);
        }
        return null;
    }

    /// <summary>As <see cref="Guard"/>, without an object for each row.</summary>
    private Profile? Next(SqliteDataReader reader, int fields, string? last, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Next(reader, fields, last);
        }
        catch (SqliteException exception)
        {
            throw Explain(exception, cancellationToken);
        }
    }

    private T Guard<T>(Func<T> read, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return read();
        }
        catch (SqliteException exception)
        {
            throw Explain(exception, cancellationToken);
        }
    }

    private SourceException Explain(SqliteException exception, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return SqliteFile.Explain(exception, source.Name);
    }
}
