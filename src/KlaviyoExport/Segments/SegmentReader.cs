using System.Runtime.CompilerServices;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Segments;

/// <summary>
/// Reads the members of segments. A key that several rows of a database have is one profile: the first of its rows that is a member, in the
/// order of the values asked for. Every call works on one consistent state of the source.
/// </summary>
public sealed class SegmentReader(ProfileTables tables, TimeProvider clock)
{
    /// <summary>Distinct profiles that are members of any of the segments, by key, one at a time.</summary>
    /// <param name="source">The source of all of the segments.</param>
    /// <param name="segments">None: no members.</param>
    /// <param name="fields">The values wanted of each.</param>
    /// <param name="cancellationToken">Stops the read, also in the middle of a long sort.</param>
    /// <exception cref="NoticeException">The source, a field or a segment cannot be read; the notice names it.</exception>
    public async IAsyncEnumerable<Profile> ReadAsync(
        Source source, IReadOnlyList<Segment> segments, IReadOnlyList<string> fields, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Demand(source, segments);
        using var table = await tables.OpenAsync(source, cancellationToken);
        using var interruption = table.File.InterruptBy(cancellationToken);
        using var command = Select(table, source, Definitions(source, segments, table.Fields), fields);
        using var reader = Guard(source, command.ExecuteReader, cancellationToken);
        string? last = null;
        while (Guard(source, () => Next(reader, fields.Count, last), cancellationToken) is { } profile)
        {
            yield return profile;
            last = profile.Key;
        }
        table.File.DemandUnchanged();
    }

    /// <summary>The number of distinct members of any of the segments.</summary>
    /// <exception cref="NoticeException">As <see cref="ReadAsync"/>.</exception>
    public async Task<long> CountAsync(Source source, IReadOnlyList<Segment> segments, CancellationToken cancellationToken)
    {
        Demand(source, segments);
        return await CountAsync(source, fields => Definitions(source, segments, fields), cancellationToken);
    }

    /// <summary>The number of members of a definition that need not be saved.</summary>
    /// <exception cref="NoticeException">As <see cref="ReadAsync"/>.</exception>
    public Task<long> CountAsync(Source source, SegmentDefinition definition, CancellationToken cancellationToken) =>
        CountAsync(source, fields => [Valid(definition, fields)], cancellationToken);

    /// <summary>The first members by key.</summary>
    /// <exception cref="NoticeException">As <see cref="ReadAsync"/>.</exception>
    public async Task<IReadOnlyList<Profile>> PreviewAsync(
        Source source, SegmentDefinition definition, IReadOnlyList<string> fields, int take, CancellationToken cancellationToken)
    {
        using var table = await tables.OpenAsync(source, cancellationToken);
        using var interruption = table.File.InterruptBy(cancellationToken);
        using var command = Select(table, source, [Valid(definition, table.Fields)], fields);
        var first = await Task.Run(() => Guard(source, () => First(command, fields.Count, take), cancellationToken), cancellationToken);
        table.File.DemandUnchanged();
        return first;
    }

    private async Task<long> CountAsync(Source source, Func<IReadOnlyList<Field>, IReadOnlyList<SegmentDefinition>> definitions, CancellationToken cancellationToken)
    {
        using var table = await tables.OpenAsync(source, cancellationToken);
        using var interruption = table.File.InterruptBy(cancellationToken);
        using var command = table.Connection.CreateCommand();
        var condition = new ConditionSql(table, Today, command.Parameters).AnyOf(definitions(table.Fields));
        var count = table.KeysAreUnique ? "count(*)" : $"count(DISTINCT {table.Key})";
        command.CommandText = $"SELECT {count} FROM {table.From} WHERE {table.HasKey} AND {condition}";
        var members = await Task.Run(() => Guard(source, () => (long)command.ExecuteScalar()!, cancellationToken), cancellationToken);
        table.File.DemandUnchanged();
        return members;
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private SqliteCommand Select(ProfileTable table, Source source, IReadOnlyList<SegmentDefinition> definitions, IReadOnlyList<string> fields)
    {
        ArgumentNullException.ThrowIfNull(source);
        var columns = fields.Select(table.Column).ToList();
        var command = table.Connection.CreateCommand();
        var members = new ConditionSql(table, Today, command.Parameters).AnyOf(definitions);
        IEnumerable<string> order = table.KeysAreUnique ? ["1"] : Enumerable.Range(1, columns.Count + 1).Select(i => $"{i} COLLATE BINARY");
        command.CommandText = $"SELECT {string.Join(", ", columns.Prepend(table.Key))} FROM {table.From} WHERE {table.HasKey} AND {members} ORDER BY {string.Join(", ", order)}";
        return command;
    }

    private static List<Profile> First(SqliteCommand command, int fields, int take)
    {
        using var reader = command.ExecuteReader();
        var profiles = new List<Profile>(take);
        while (profiles.Count < take && Next(reader, fields, profiles.LastOrDefault()?.Key) is { } profile)
            profiles.Add(profile);
        return profiles;
    }

    private static Profile? Next(SqliteDataReader reader, int fields, string? last)
    {
        while (reader.Read())
        {
            var key = reader.GetString(0);
            if (string.Equals(key, last, StringComparison.Ordinal))
                continue;
            var values = new string?[fields];
            for (var i = 0; i < fields; i++)
            {
                var value = reader.IsDBNull(i + 1) ? null : reader.GetString(i + 1);
                values[i] = FieldValue.IsEmpty(value) ? null : value;
            }
            return new Profile(key, values);
        }
        return null;
    }

    private static IReadOnlyList<SegmentDefinition> Definitions(Source source, IReadOnlyList<Segment> segments, IReadOnlyList<Field> fields)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (var segment in segments)
        {
            if (SegmentRules.Validate(segment.Definition, fields) is [var fault, ..])
                throw new NoticeException(new Notice("Segments.CannotRead", segment.Name, fault.Notice));
        }
        return [.. segments.Select(segment => segment.Definition)];
    }

    private static SegmentDefinition Valid(SegmentDefinition definition, IReadOnlyList<Field> fields) =>
        SegmentRules.Validate(definition, fields) is { Count: > 0 } faults ? throw new SegmentInvalidException(faults) : definition;

    private static void Demand(Source source, IReadOnlyList<Segment> segments)
    {
        if (segments.FirstOrDefault(segment => segment.SourceId != source.Id) is { } stranger)
            throw new ArgumentException($"Segment {stranger.Id} is of source {stranger.SourceId}, not {source.Id}.", nameof(segments));
    }

    private static T Guard<T>(Source source, Func<T> read, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return read();
        }
        catch (SqliteException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw SqliteFile.Explain(exception, source.Name);
        }
    }
}
