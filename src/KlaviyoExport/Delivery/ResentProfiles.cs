using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Collects profiles that jobs have refused because of a value, and stores them without it in further batches of the run. They leave the
/// batch that had them in the same transaction, so each profile is in one batch at any time and is counted once.
/// </summary>
internal sealed class ResentProfiles(AppDb db, StageContext run, DeliveryOptions options, SecretProtector secrets)
{
    /// <summary>How many times a profile is sent again. Klaviyo usually names all values at once.</summary>
    public const int MostRounds = 8;

    private readonly SortedDictionary<int, List<BatchRow>> _rounds = [];

    public void Add(BatchRow row, int round)
    {
        if (!_rounds.TryGetValue(round, out var rows))
            _rounds.Add(round, rows = []);
        rows.Add(row);
    }

    /// <summary>Adds the batches to the context. The caller saves them in its transaction.</summary>
    public async Task<IReadOnlyList<Batch>> StoreAsync(CancellationToken cancellationToken)
    {
        var batches = new List<Batch>();
        if (_rounds.Count == 0)
            return batches;
        var number = await db.Set<Batch>().Where(batch => batch.RunId == run.RunId).MaxAsync(batch => batch.Number, cancellationToken);
        foreach (var (round, rows) in _rounds)
        foreach (var part in Parts(rows))
            batches.Add(
                new Batch
                {
                    RunId = run.RunId,
                    Number = ++number,
                    Prepared = part.Count,
                    Round = round,
                    Payload = new BatchPayload { Content = BatchContent.Seal(part, secrets) },
                }
            );
        db.Set<Batch>().AddRange(batches);
        return batches;
    }

    private IEnumerable<List<BatchRow>> Parts(List<BatchRow> rows)
    {
        var part = new List<BatchRow>();
        var bytes = 0L;
        foreach (var row in rows)
        {
            if (!options.HasRoom(run.ListId, part.Count, bytes, row.Json.Length))
            {
                yield return part;
                (part, bytes) = ([], 0);
            }
            part.Add(row);
            bytes += row.Json.Length;
        }
        yield return part;
    }
}
