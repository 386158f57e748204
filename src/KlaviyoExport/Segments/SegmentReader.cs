using System.Runtime.CompilerServices;
using KlaviyoExport.Data;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

/// <summary>
/// Reads the members of segments. When several rows of a database have the same key, they are one profile: the first of the rows that is
/// a member, ordered by the requested values. Each call reads one consistent state of the source.
/// </summary>
public sealed class SegmentReader(IDbContextFactory<AppDb> stores, ProfileTables tables, TimeProvider clock)
{
    /// <summary>Reads the distinct profiles of a selection of segments, ordered by key, one at a time.</summary>
    /// <param name="source">The source of all of the segments.</param>
    /// <param name="selection">The segments, and those whose members are left out.</param>
    /// <param name="fields">The fields to read for each profile.</param>
    /// <param name="cancellationToken">Cancels the read, even during a long sort.</param>
    /// <exception cref="LocalizedException">The source, a field or a segment cannot be read. The message names it.</exception>
    public async IAsyncEnumerable<Profile> ReadAsync(
        Source source,
        SegmentSelection selection,
        IReadOnlyList<string> fields,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Demand(source, selection);
        await using var members = await OpenAsync(source, isGlance: false, cancellationToken);
        var resolved = await ResolveAsync(source, selection, members.Fields, cancellationToken);
        await foreach (var profile in members.ReadAsync(resolved, fields, cancellationToken))
            yield return profile;
    }

    /// <summary>Counts the distinct profiles of a selection of segments.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<long> CountAsync(Source source, SegmentSelection selection, CancellationToken cancellationToken)
    {
        Demand(source, selection);
        await using var members = await OpenAsync(source, isGlance: false, cancellationToken);
        var resolved = await ResolveAsync(source, selection, members.Fields, cancellationToken);
        return (await members.CountAsync(resolved, cancellationToken)).Members;
    }

    /// <summary>Counts the members of a segment, and tells what it took.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<MeasuredCount> MeasureAsync(Source source, Segment segment, CancellationToken cancellationToken)
    {
        var selection = new SegmentSelection([segment], []);
        Demand(source, selection);
        await using var members = await OpenAsync(source, isGlance: false, cancellationToken);
        return await members.CountAsync(await ResolveAsync(source, selection, members.Fields, cancellationToken), cancellationToken);
    }

    /// <summary>Counts the distinct profiles of a selection of segments, and keeps the source open to read them.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<CountedMembers> OpenCountedAsync(Source source, SegmentSelection selection, CancellationToken cancellationToken)
    {
        Demand(source, selection);
        var members = await OpenAsync(source, isGlance: false, cancellationToken);
        try
        {
            var isCertain = members.HoldStill();
            var resolved = await ResolveAsync(source, selection, members.Fields, cancellationToken);
            return new CountedMembers(members, resolved, (await members.CountAsync(resolved, cancellationToken)).Members, isCertain);
        }
        catch
        {
            await members.DisposeAsync();
            throw;
        }
    }

    /// <summary>Counts the members of a definition, which need not be saved.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<long> CountAsync(Source source, SegmentDefinition definition, CancellationToken cancellationToken) =>
        (await MeasureAsync(source, definition, cancellationToken)).Members;

    /// <summary>Counts the members of a definition, which need not be saved, while a person waits, and tells what it took.</summary>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<MeasuredCount> MeasureAsync(Source source, SegmentDefinition definition, CancellationToken cancellationToken)
    {
        await using var members = await OpenAsync(source, isGlance: true, cancellationToken);
        var resolved = await ValidAsync(source, [definition], members.Fields, cancellationToken);
        return await members.CountAsync(MemberSelection.Of(resolved[0]), cancellationToken);
    }

    /// <summary>Counts the members of each of some definitions, which need not be saved, in one pass over the source.</summary>
    /// <returns>The counts, in the order of the definitions.</returns>
    /// <exception cref="LocalizedException">As <see cref="ReadAsync"/>.</exception>
    public async Task<IReadOnlyList<long>> CountEachAsync(
        Source source,
        IReadOnlyList<SegmentDefinition> definitions,
        CancellationToken cancellationToken
    )
    {
        await using var members = await OpenAsync(source, isGlance: false, cancellationToken);
        return await members.CountEachAsync(await ValidAsync(source, definitions, members.Fields, cancellationToken), cancellationToken);
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
        var resolved = await ValidAsync(source, [definition], members.Fields, cancellationToken);
        return await members.FirstAsync(resolved[0], fields, take, cancellationToken);
    }

    internal async Task<Members> OpenAsync(Source source, bool isGlance, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return source.Kind.IsServer()
            ? new ServerMembers(await tables.OpenServerAsync(source, isGlance, cancellationToken), source, today)
            : new SqliteMembers(await tables.OpenAsync(source, cancellationToken), source, today);
    }

    /// <summary>Prepares to resolve the references of some segments.</summary>
    internal async Task<SegmentReferences> ReferencesAsync(
        Source source,
        IEnumerable<SegmentDefinition> definitions,
        IReadOnlyList<Field> fields,
        CancellationToken cancellationToken
    ) => new(await SegmentReferences.ReadAsync(stores, source.Id, definitions, cancellationToken), fields);

    private async Task<MemberSelection> ResolveAsync(
        Source source,
        SegmentSelection selection,
        IReadOnlyList<Field> fields,
        CancellationToken cancellationToken
    )
    {
        var definitions = selection.Taken.Concat(selection.Excluded).Select(segment => segment.Definition);
        var references = await ReferencesAsync(source, definitions, fields, cancellationToken);
        return new MemberSelection(
            [.. selection.Taken.Select(segment => references.Resolve(segment).Definition)],
            [.. selection.Excluded.Select(references.Resolve)]
        );
    }

    private async Task<IReadOnlyList<SegmentDefinition>> ValidAsync(
        Source source,
        IReadOnlyList<SegmentDefinition> definitions,
        IReadOnlyList<Field> fields,
        CancellationToken cancellationToken
    )
    {
        foreach (var definition in definitions)
        {
            if (SegmentRules.Validate(definition, fields) is { Count: > 0 } faults)
                throw new SegmentInvalidException(faults);
        }
        var references = await ReferencesAsync(source, definitions, fields, cancellationToken);
        return [.. definitions.Select(references.Resolve)];
    }

    private static void Demand(Source source, SegmentSelection selection)
    {
        if (selection.Taken.Concat(selection.Excluded).FirstOrDefault(segment => segment.SourceId != source.Id) is { } stranger)
            throw new ArgumentException($"Segment {stranger.Id} is of source {stranger.SourceId}, not {source.Id}.", nameof(selection));
    }
}
