using System.Runtime.CompilerServices;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>
/// Reads the members of segments. When several rows of a database have the same key, they are one profile: the first of the rows that is
/// a member, ordered by the requested values. Each call reads one consistent state of the source.
/// </summary>
public sealed class SegmentReader(ProfileTables tables, TimeProvider clock)
{
    /// <summary>Reads the distinct profiles that are members of any of the segments, ordered by key, one at a time.</summary>
    /// <param name="source">The source of all of the segments.</param>
    /// <param name="segments">The segments. Empty for no members.</param>
    /// <param name="fields">The fields to read for each profile.</param>
    /// <param name="cancellationToken">Cancels the read, even during a long sort.</param>
    /// <exception cref="LocalizedException">The source, a field or a segment cannot be read. The message names it.</exception>
    public async IAsyncEnumerable<Profile> ReadAsync(
        Source source,
        IReadOnlyList<Segment> segments,
        IReadOnlyList<string> fields,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Demand(source, segments);
        await using var members = await OpenAsync(source, isGlance: false, cancellationToken);
        await foreach (var profile in members.ReadAsync(Definitions(segments, members.Fields), fields, cancellationToken))
            yield return profile;
    }

    /// <summary>Counts the distinct members of any of the segments.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<long> CountAsync(Source source, IReadOnlyList<Segment> segments, CancellationToken cancellationToken)
    {
        Demand(source, segments);
        await using var members = await OpenAsync(source, isGlance: false, cancellationToken);
        return await members.CountAsync(Definitions(segments, members.Fields), cancellationToken);
    }

    /// <summary>Counts the members of a definition, which need not be saved.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<long> CountAsync(Source source, SegmentDefinition definition, CancellationToken cancellationToken)
    {
        await using var members = await OpenAsync(source, isGlance: true, cancellationToken);
        return await members.CountAsync([Valid(definition, members.Fields)], cancellationToken);
    }

    /// <summary>Reads the first members, ordered by key.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<IReadOnlyList<Profile>> PreviewAsync(
        Source source,
        SegmentDefinition definition,
        IReadOnlyList<string> fields,
        int take,
        CancellationToken cancellationToken
    )
    {
        await using var members = await OpenAsync(source, isGlance: true, cancellationToken);
        return await members.FirstAsync(Valid(definition, members.Fields), fields, take, cancellationToken);
    }

    internal async Task<Members> OpenAsync(Source source, bool isGlance, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return source.Kind.IsServer()
            ? new ServerMembers(await tables.OpenServerAsync(source, isGlance, cancellationToken), source, today)
            : new SqliteMembers(await tables.OpenAsync(source, cancellationToken), source, today);
    }

    private static IReadOnlyList<SegmentDefinition> Definitions(IReadOnlyList<Segment> segments, IReadOnlyList<Field> fields)
    {
        foreach (var segment in segments)
        {
            if (SegmentRules.Validate(segment.Definition, fields) is [var fault, ..])
                throw new SegmentUnreadableException(new LocalizedMessage("Segments.CannotRead", segment.Name, fault.LocalizedMessage));
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
}
