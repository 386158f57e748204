using KlaviyoExport.Data;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists;

/// <summary>Writes whom an export has delivered: tens of thousands of people in a transaction.</summary>
internal static class MembershipWriter
{
    // The people whose rows are prepared while the store writes others.
    private const int Part = 5_000;

    // What becomes of the stored row when a person is delivered again. The other columns are replaced.
    private static readonly Dictionary<string, BulkMerge> DeliveredAgain = new()
    {
        [nameof(Membership.Email)] = BulkMerge.KeepUnlessNull,
        [nameof(Membership.FirstFrom)] = BulkMerge.KeepUnlessNull,
        [nameof(Membership.FirstUntil)] = BulkMerge.KeepUnlessNull,
    };

    /// <summary>Stores that an export has delivered people, in the caller's transaction.</summary>
    /// <param name="db">The context with the transaction.</param>
    /// <param name="keys">The keys, read before the transaction began: reading them may store a new one.</param>
    /// <param name="exportId">The export.</param>
    /// <param name="mode">The address is stored in mirror mode only.</param>
    /// <param name="deliveries">Batches of one run. No address occurs twice.</param>
    /// <param name="areNew">Whether it is certain that none of the people are stored yet, which is faster.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static Task WriteAsync(
        AppDb db,
        AddressKeys keys,
        int exportId,
        SyncMode mode,
        IReadOnlyList<DeliveredBatch> deliveries,
        bool areNew,
        CancellationToken cancellationToken
    )
    {
        var people = InOrderOfKey(deliveries, keys.Hasher);
        var rows = Ahead.Of(
            people.Chunk(Part),
            part =>
                Array.ConvertAll(
                    part,
                    person => new Membership
                    {
                        ExportId = exportId,
                        EmailHash = person.Hash.ToArray(),
                        Fingerprint = person.Delivery.IsCertain
                            ? person.Row.PreparedHash ?? Hash16.OfContent(person.Row.Json).ToArray()
                            : Memberships.Uncertain,
                        Email = mode == SyncMode.Mirror ? keys.Cipher.Encrypt(person.Row.Email) : null,
                        FirstFrom = person.Delivery.Window.From,
                        FirstUntil = person.Delivery.Window.Until,
                        LastFrom = person.Delivery.Window.From,
                        LastUntil = person.Delivery.Window.Until,
                    }
                )
        );
        return areNew ? db.InsertAsync(rows, cancellationToken) : db.UpsertAsync(rows, DeliveredAgain, cancellationToken);
    }

    /// <summary>Stores find and write rows faster in the order of their key.</summary>
    private static (Hash16 Hash, BatchRow Row, DeliveredBatch Delivery)[] InOrderOfKey(
        IReadOnlyList<DeliveredBatch> deliveries,
        EmailHasher hasher
    )
    {
        var people = deliveries
            .SelectMany(delivery => delivery.Rows, (delivery, row) => (Hash: default(Hash16), Row: row, Delivery: delivery))
            .ToArray();
        // Half of a hash is enough to order them.
        var keys = new ulong[people.Length];
        Parallel.For(0, people.Length, index => keys[index] = (people[index].Hash = hasher.Hash(people[index].Row.Email)).High);
        Array.Sort(keys, people);
        return people;
    }
}

/// <summary>The people of a batch who were delivered.</summary>
/// <param name="Rows">The profiles as sent.</param>
/// <param name="Window">When Klaviyo added them to the list, if they were not on it.</param>
/// <param name="IsCertain">False when Klaviyo did not report for each profile whether it arrived.</param>
internal sealed record DeliveredBatch(IReadOnlyList<BatchRow> Rows, DeliveryWindow Window, bool IsCertain);
