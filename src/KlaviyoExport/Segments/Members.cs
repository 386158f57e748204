using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>The members of definitions in a source that is open for one read.</summary>
internal abstract class Members : IAsyncDisposable
{
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>Makes all following reads see the same state of the source.</summary>
    /// <returns>False when the source cannot do that.</returns>
    public abstract bool HoldStill();

    /// <summary>Each once, by key, one at a time.</summary>
    public abstract IAsyncEnumerable<Profile> ReadAsync(
        MemberSelection selection,
        IReadOnlyList<string> fields,
        CancellationToken cancellationToken
    );

    public abstract Task<IReadOnlyList<Profile>> FirstAsync(
        SegmentDefinition definition,
        IReadOnlyList<string> fields,
        int take,
        CancellationToken cancellationToken
    );

    public abstract Task<MeasuredCount> CountAsync(MemberSelection selection, CancellationToken cancellationToken);

    /// <summary>Counts the members of each of the definitions, in their order.</summary>
    public abstract Task<IReadOnlyList<long>> CountEachAsync(
        IReadOnlyList<SegmentDefinition> definitions,
        CancellationToken cancellationToken
    );

    /// <summary>Returns the rows of a search one by one: rows with the same key are not merged.</summary>
    public abstract Task<IReadOnlyList<SourceRow>> FindAsync(
        RowSearch search,
        IReadOnlyList<string> fields,
        IReadOnlyList<MembershipSegment> memberships,
        CancellationToken cancellationToken
    );

    public abstract ValueTask DisposeAsync();
}
