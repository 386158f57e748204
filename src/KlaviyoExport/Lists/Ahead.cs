namespace KlaviyoExport.Lists;

/// <summary>Prepares the items of a sequence on another thread while their user is still busy with those before.</summary>
internal static class Ahead
{
    /// <summary>Returns all items in their order. One part at a time is prepared ahead.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="prepare">Returns the items of a part. Its exception is thrown where the items would come.</param>
    public static IEnumerable<TItem> Of<TPart, TItem>(IEnumerable<TPart> parts, Func<TPart, TItem[]> prepare)
    {
        Task<TItem[]>? last = null;
        try
        {
            foreach (var part in parts)
            {
                var before = last;
                last = Task.Run(() => prepare(part));
                foreach (var item in ItemsOf(before))
                    yield return item;
            }
            foreach (var item in ItemsOf(last))
                yield return item;
        }
        finally
        {
            // When the user stops early, what the preparation uses may be disposed next.
            last?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }
    }

    // A thread of the pool runs the task itself if no other thread has begun it, so it does not wait for a free one. With PLINQ it would.
    private static TItem[] ItemsOf<TItem>(Task<TItem[]>? prepared) => prepared is null ? [] : prepared.GetAwaiter().GetResult();
}
