using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Fills batches up to Klaviyo's limits (10,000 profiles and 5 MB of request body) and stores each batch when it is full.
/// </summary>
internal sealed class BatchWriter(IDbContextFactory<AppDb> stores, SecretProtector secrets, RunClaim claim, string listId)
{
    private readonly List<BatchRow> _rows = new(KlaviyoLimits.ProfilesPerImport);
    private long _bytes;
    private int _number;

    public async ValueTask AddAsync(BatchRow row, CancellationToken cancellationToken)
    {
        if (!ImportBody.HasRoom(listId, _rows.Count, _bytes, row.Json.Length))
            await FlushAsync(cancellationToken);
        _rows.Add(row);
        _bytes += row.Json.Length;
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_rows.Count == 0)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        db.Set<Batch>()
            .Add(
                new Batch
                {
                    RunId = claim.RunId,
                    Number = ++_number,
                    Prepared = _rows.Count,
                    Payload = new BatchPayload { Content = BatchContent.Seal(_rows, secrets) },
                }
            );
        await claim.SaveAsync(db, cancellationToken);
        _rows.Clear();
        _bytes = 0;
    }
}
