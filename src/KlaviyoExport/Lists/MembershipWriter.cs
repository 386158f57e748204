using KlaviyoExport.Data;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists;

/// <summary>Writes whom an export has delivered: tens of thousands of people in a transaction.</summary>
internal static class MembershipWriter
{
    private const int Part = 25_000;

    // The people whose rows are prepared while the store writes others.
    private const int Chunk = 5_000;

    // What becomes of the stored row when a person is delivered again. The other columns are replaced.
    private static readonly Dictionary<string, BulkMerge> DeliveredAgain = new()
    {
        [nameof(Membership.Email)] = BulkMerge.KeepUnlessNull,
        [nameof(Membership.FirstFrom)] = BulkMerge.KeepUnlessNull,
        [nameof(Membership.FirstUntil)] = BulkMerge.KeepUnlessNull,
    };

    /// <summary>Stores that an export has delivered the profiles of a batch, or may have delivered them, in the caller's transaction.</summary>
    /// <param name="db">The context with the transaction.</param>
    /// <param name="keys">The keys, read before the transaction began: reading them may store a new one.</param>
    /// <param name="exportId">The export.</param>
    /// <param name="mode">The address is stored in mirror mode only.</param>
    /// <param name="rows">The profiles whom Klaviyo has not refused.</param>
    /// <param name="window">When Klaviyo added them to the list, if they were not on it.</param>
    /// <param name="areCertain">False when Klaviyo did not report for each profile whether it arrived.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task WriteAsync(
        AppDb db,
        AddressKeys keys,
        int exportId,
        SyncMode mode,
        IEnumerable<BatchRow> rows,
        DeliveryWindow window,
        bool areCertain,
        CancellationToken cancellationToken
    )
    {
        foreach (var part in InOrderOfKey([(DeliveredPerson.Of(rows, keys, mode, areCertain), window)]))
            await WriteAsync(db, exportId, part, areNew: false, cancellationToken);
    }

    /// <summary>Stores a part of the people whom an export has delivered, in the caller's transaction.</summary>
    /// <param name="db">The context with the transaction.</param>
    /// <param name="exportId">The export.</param>
    /// <param name="part">One of <see cref="InOrderOfKey"/>.</param>
    /// <param name="areNew">Whether it is certain that none of the people are stored yet, which is faster.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static Task WriteAsync(
        AppDb db,
        int exportId,
        IEnumerable<(DeliveredPerson Person, DeliveryWindow Window)> part,
        bool areNew,
        CancellationToken cancellationToken
    )
    {
        var rows = Ahead.Of(
            part.Chunk(Chunk),
            chunk =>
                Array.ConvertAll(
                    chunk,
                    one => new Membership
                    {
                        ExportId = exportId,
                        EmailHash = one.Person.Hash.ToArray(),
                        Fingerprint = one.Person.Fingerprint.ToArray(),
                        Email = one.Person.Email,
                        FirstFrom = one.Window.From,
                        FirstUntil = one.Window.Until,
                        LastFrom = one.Window.From,
                        LastUntil = one.Window.Until,
                    }
                )
        );
        return areNew ? db.InsertAsync(rows, cancellationToken) : db.UpsertAsync(rows, DeliveredAgain, cancellationToken);
    }

    /// <summary>
    /// Returns the people of several batches in the order of their key, in which stores find and write rows faster: the more batches, the
    /// fewer pages of the store does a part touch. Each part is small enough that others who write to the store wait for it only shortly.
    /// </summary>
    /// <param name="batches">Batches of one run, each in the order of the key. No address occurs twice.</param>
    public static IEnumerable<(DeliveredPerson Person, DeliveryWindow Window)[]> InOrderOfKey(
        IReadOnlyList<(DeliveredPerson[] People, DeliveryWindow Window)> batches
    )
    {
        return Merged().Chunk(Part);

        IEnumerable<(DeliveredPerson Person, DeliveryWindow Window)> Merged()
        {
            // Half of a hash is enough to order them.
            var next = new PriorityQueue<(int Batch, int Index), ulong>(batches.Count);
            for (var batch = 0; batch < batches.Count; batch++)
                if (batches[batch].People is [var first, ..])
                    next.Enqueue((batch, 0), first.Hash.High);
            while (next.TryPeek(out var place, out _))
            {
                var ((people, window), index) = (batches[place.Batch], place.Index + 1);
                yield return (people[place.Index], window);
                if (index < people.Length)
                    next.DequeueEnqueue((place.Batch, index), people[index].Hash.High);
                else
                    next.Dequeue();
            }
        }
    }
}
