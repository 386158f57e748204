using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>The members of a selection of segments, counted before they are read.</summary>
public sealed class CountedMembers : IAsyncDisposable
{
    private readonly Members _members;
    private readonly MemberSelection _selection;

    internal CountedMembers(Members members, MemberSelection selection, long total, bool isCertain) =>
        (_members, _selection, Total, IsCertain) = (members, selection, total, isCertain);

    /// <summary>The number of members.</summary>
    public long Total { get; }

    /// <summary>
    /// Whether the members that are read are those that were counted. False when the source may change between the two, because it offers
    /// no snapshot of its data.
    /// </summary>
    public bool IsCertain { get; }

    /// <summary>Reads the members once, ordered by key.</summary>
    /// <param name="fields">The fields to read for each profile.</param>
    /// <param name="cancellationToken">Cancels the read, even during a long sort.</param>
    /// <exception cref="LocalizedException">The source cannot be read. The message names it.</exception>
    public IAsyncEnumerable<Profile> ReadAsync(IReadOnlyList<string> fields, CancellationToken cancellationToken) =>
        _members.ReadAsync(_selection, fields, cancellationToken);

    public ValueTask DisposeAsync() => _members.DisposeAsync();
}
