using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Fills batches up to Klaviyo's limits (10,000 profiles and 5 MB of request body) and stores each one when it is full, with the rejections
/// up to then. From <see cref="OpenAsync"/> on, it also stores the counts up to then in the same transaction, so that the stored run adds
/// up at any time, and lets the batches go. One part is written while the next one is read.
/// </summary>
internal sealed class PreparedWriter(
    IDbContextFactory<AppDb> stores,
    SecretProtector secrets,
    StageContext run,
    DeliveryOptions options,
    MemberSorter sorter,
    int lastNumber
) : IAsyncDisposable
{
    private const int MostRejections = 5_000;

    // What MemberSorter counts. Send and Confirm count other effects.
    private static readonly FieldEffect[] Effects =
    [
        FieldEffect.Invalid,
        FieldEffect.TakenInRun,
        FieldEffect.Repaired,
        FieldEffect.Defaulted,
        FieldEffect.LikelyTypo,
    ];

    private List<BatchRow> _rows = new(options.BatchSize);
    private List<NewRejection> _rejections = [];
    private volatile List<Batch> _held = [];
    private Action<Batch>? _letGo;
    private Task _writing = Task.CompletedTask;
    private long _bytes;
    private int _number = lastNumber;

    /// <summary>Whether a batch is stored that may not go yet.</summary>
    public bool HoldsBatch => _held.Count > 0;

    public async ValueTask AddAsync(BatchRow row, CancellationToken cancellationToken)
    {
        if (!options.HasRoom(run.ListId, _rows.Count, _bytes, row.Json.Length))
            // The sorter has counted this row already.
            await FlushAsync(1, cancellationToken);
        _rows.Add(row);
        _bytes += row.Json.Length;
    }

    public async ValueTask AddAsync(NewRejection rejection, CancellationToken cancellationToken)
    {
        _rejections.Add(rejection);
        if (_rejections.Count >= MostRejections)
            await WriteAsync([], _rows.Count, cancellationToken);
    }

    /// <summary>Lets all batches go that are stored, and each further one when it is stored.</summary>
    /// <param name="letGo">Called for each batch, in their order.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task OpenAsync(Action<Batch> letGo, CancellationToken cancellationToken)
    {
        await _writing;
        _letGo = letGo;
        // The counts must be stored before the first batch leaves.
        await WriteAsync([], _rows.Count, cancellationToken);
        await _writing;
    }

    /// <summary>Stores everything that was added, and waits for it.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(0, cancellationToken);
        await _writing;
    }

    /// <summary>Stores the rejections without the profiles that were added, and waits for it.</summary>
    public async Task CompleteRejectionsAsync(CancellationToken cancellationToken)
    {
        await WriteAsync([], _rows.Count, cancellationToken);
        await _writing;
    }

    /// <summary>Stores what all members were counted as, in the caller's transaction.</summary>
    public static Task StoreFieldsAsync(AppDb db, int runId, FieldTally fields, CancellationToken cancellationToken) =>
        fields.ReplaceAsync(db, runId, Effects, cancellationToken);

    public async ValueTask DisposeAsync() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task FlushAsync(int waiting, CancellationToken cancellationToken)
    {
        var rows = _rows;
        (_rows, _bytes) = (new List<BatchRow>(options.BatchSize), 0);
        await WriteAsync(rows, waiting, cancellationToken);
    }

    /// <param name="rows">A batch. Empty to store the rejections alone.</param>
    /// <param name="waiting">The number of prepared profiles that are in no batch yet.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    private async Task WriteAsync(List<BatchRow> rows, int waiting, CancellationToken cancellationToken)
    {
        var part = new Part(rows, _rejections, _letGo is null ? null : sorter.Ledger.Without(waiting), sorter.Fields.Copy());
        _rejections = [];
        await _writing;
        _writing = Task.Run(() => WriteAsync(part, cancellationToken), cancellationToken);
    }

    private async Task WriteAsync(Part part, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var batch =
            part.Rows.Count == 0
                ? null
                : new Batch
                {
                    RunId = run.RunId,
                    Prepared = part.Rows.Count,
                    Payload = new BatchPayload { Content = BatchContent.Seal(part.Rows, secrets) },
                };
        List<Rejection> rejections = part.Rejections.ConvertAll(rejection => rejection.ToEntity(run.RunId, secrets));
        await using (var transaction = await run.Claim.BeginAsync(db, cancellationToken))
        {
            if (batch is not null)
            {
                batch.Number = await NextNumberAsync(db, cancellationToken);
                db.Set<Batch>().Add(batch);
            }
            await db.InsertAsync(rejections, cancellationToken);
            if (part.Ledger is { } ledger)
            {
                await db.Set<Run>()
                    .Where(stored => stored.Id == run.RunId)
                    .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.Ledger, ledger), cancellationToken);
                await StoreFieldsAsync(db, run.RunId, part.Fields, cancellationToken);
            }
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        if (batch is not null)
        {
            batch.Payload = null;
            _held.Add(batch);
        }
        if (_letGo is not { } letGo)
            return;
        _held.ForEach(letGo);
        _held = [];
    }

    /// <summary>While members are read, Confirm adds batches too.</summary>
    private async Task<int> NextNumberAsync(AppDb db, CancellationToken cancellationToken)
    {
        if (_letGo is not null)
            _number =
                await db.Set<Batch>().Where(batch => batch.RunId == run.RunId).MaxAsync(batch => (int?)batch.Number, cancellationToken)
                ?? 0;
        return ++_number;
    }

    /// <param name="Ledger">The counts without the rows that no batch has yet. Null when they are not stored yet.</param>
    private sealed record Part(List<BatchRow> Rows, List<NewRejection> Rejections, Ledger? Ledger, FieldTally Fields);
}
