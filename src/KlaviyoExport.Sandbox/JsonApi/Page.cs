namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>A page of items, with the cursors of the adjacent pages if they exist.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, Cursor? Previous, Cursor? Next)
{
    /// <param name="read">Returns items in the order of the response (or, given false, in the opposite order) after a position, or from
    /// the start (end) when the position is null; each with its position.</param>
    /// <param name="size">Items on a page.</param>
    /// <param name="cursor">Where to start. Null for the first page.</param>
    /// <param name="scope">The call and its order, so that a cursor cannot be used for another one.</param>
    public static Page<T> Take(Func<long?, bool, IEnumerable<(long Position, T Item)>> read, int size, Cursor? cursor, string scope)
    {
        var forward = cursor?.Forward ?? true;
        var found = read(cursor?.Position, forward).Take(size + 1).ToList();
        var more = found.Count > size;
        if (more)
            found.RemoveAt(size);
        if (!forward)
            found.Reverse();
        if (found.Count == 0)
            return new([], null, null);
        var hasPrevious = forward ? cursor is not null : more;
        var hasNext = !forward || more;
        return new(
            [.. found.Select(f => f.Item)],
            hasPrevious ? new(false, scope, found[0].Position) : null,
            hasNext ? new(true, scope, found[^1].Position) : null
        );
    }

    /// <summary>Pages a collection in memory by index.</summary>
    public static Page<T> Of(IReadOnlyList<T> items, int size, Cursor? cursor, string scope) =>
        Take(
            (after, forward) =>
                forward
                    ? Enumerable
                        .Range(0, items.Count)
                        .Skip((int)Math.Clamp((after ?? -1) + 1, 0, items.Count))
                        .Select(i => ((long)i, items[i]))
                    : Enumerable.Range(0, (int)Math.Clamp(after ?? items.Count, 0, items.Count)).Reverse().Select(i => ((long)i, items[i])),
            size,
            cursor,
            scope
        );
}
