using System.Runtime.CompilerServices;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// Requests and reads checks of lists ("Verify list"), which compare a list with the profiles that its export should have on it.
/// </summary>
public sealed class ListCheckService
{
    private static readonly RunState[] Held = RunStates.In(RunPhase.Held);

    /// <summary>The maximum number of differences of each kind that are stored individually. All are counted.</summary>
    public const int MostStored = 10_000;

    /// <summary>Why a list is not checked to which the export of the run does not send any more.</summary>
    internal static readonly LocalizedMessage OtherList = new("Delivery.CheckOtherList");

    private const int Chunk = 1_000;

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly SecretProtector _secrets;
    private readonly ListCheckSignal _signal;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal ListCheckService(
        IDbContextFactory<AppDb> stores,
        SecretProtector secrets,
        ListCheckSignal signal,
        Audit audit,
        TimeProvider clock
    ) => (_stores, _secrets, _signal, _audit, _clock) = (stores, secrets, signal, audit, clock);

    /// <summary>Returns the last check after a run. Every signed-in person may read it.</summary>
    /// <exception cref="LocalizedException">The run does not exist.</exception>
    public async Task<ListCheckView> GetAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var (run, _, permissions) = await FindAsync(db, actor, runId, cancellationToken);
        var check = await db.Set<ListCheck>()
            .Where(check => check.RunId == runId)
            .OrderByDescending(check => check.Id)
            .Select(check => new ListCheckFacts(
                check.Id,
                check.State,
                check.IsScheduled,
                check.RequestedBy,
                check.RequestedAt,
                check.FinishedAt,
                check.CancelRequestedBy,
                check.Expected,
                check.Members,
                check.Missing,
                check.RemovedByHand,
                check.Unexpected,
                check.OfOthers,
                check.Withheld,
                check.Outcome,
                db.Set<ListDifference>().Any(difference => difference.CheckId == check.Id)
            ))
            .FirstOrDefaultAsync(cancellationToken);
        return new ListCheckView(check, await RefusalAsync(db, run, cancellationToken), permissions.MayRun, permissions.MaySeeEmails);
    }

    /// <summary>Queues a check of the list after a run, which must be the latest ended run of its export.</summary>
    /// <returns>The ID of the check. If one is already in progress, its ID.</returns>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">A later run has changed the list, a run is in progress, or the export sends to another list
    /// now.</exception>
    public Task<int> RequestAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        RequestAsync(actor, runId, acceptsRemovals: false, cancellationToken);

    /// <summary>
    /// Confirms that people were taken off the list on purpose, however many they are: queues a check that stores whom it finds taken off
    /// then.
    /// </summary>
    /// <inheritdoc cref="RequestAsync(Actor, int, CancellationToken)"/>
    public Task<int> AcceptRemovalsAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        RequestAsync(actor, runId, acceptsRemovals: true, cancellationToken);

    private async Task<int> RequestAsync(Actor actor, int runId, bool acceptsRemovals, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var (run, export, permissions) = await FindAsync(db, actor, runId, cancellationToken);
        if (!permissions.MayRun)
            throw new NotAllowedException();
        if (await RefusalAsync(db, run, cancellationToken) is { } refusal)
            throw new LocalizedException(refusal);
        if (
            await db.Set<ListCheck>()
                .Where(check => check.RunId == runId && check.FinishedAt == null)
                .Select(check => (int?)check.Id)
                .FirstOrDefaultAsync(cancellationToken) is
            { } open
        )
            return open;
        var asked = new ListCheck
        {
            RunId = runId,
            RequestedBy = actor.Name,
            AcceptsRemovals = acceptsRemovals,
            RequestedAt = _clock.GetUtcNow(),
        };
        db.Set<ListCheck>().Add(asked);
        _audit.Add(
            db,
            actor,
            acceptsRemovals ? "Exports.RemovalsAccepted" : "Exports.ListChecked",
            export.Name,
            export.Id,
            new LocalizedMessage("Exports.OfRun", runId)
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _signal.Wake();
        return asked.Id;
    }

    /// <summary>Requests the cancellation of the check of a run's list. It stops within seconds.</summary>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">No check is in progress.</exception>
    public async Task CancelAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var (run, export, permissions) = await FindAsync(db, actor, runId, cancellationToken);
        if (!permissions.MayRun)
            throw new NotAllowedException();
        if (
            await db.Set<ListCheck>()
                .Where(check => check.RunId == runId && check.FinishedAt == null && check.CancelRequestedBy == null)
                .ExecuteUpdateAsync(set => set.SetProperty(check => check.CancelRequestedBy, actor.Name), cancellationToken) == 0
        )
            throw new LocalizedException(new LocalizedMessage("Delivery.NoListCheck"));
        _audit.Add(db, actor, "Exports.ListCheckCanceled", export.Name, export.Id, new LocalizedMessage("Exports.OfRun", runId));
        await db.SaveChangesAsync(cancellationToken);
        _signal.Wake();
    }

    /// <summary>
    /// Returns one page of the profiles that differ. A search decrypts every stored address of the kind, which takes up to about a
    /// second.
    /// </summary>
    /// <exception cref="NotAllowedException">The actor may not see addresses.</exception>
    /// <exception cref="LocalizedException">The run does not exist.</exception>
    public async Task<ListDifferencePage> DifferencesAsync(
        Actor actor,
        int runId,
        ListDifferenceQuery query,
        CancellationToken cancellationToken
    )
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var all = await SeenAsync(db, actor, runId, query.Kind, cancellationToken);
        var size = Math.Clamp(query.PageSize, 1, ListDifferenceQuery.LargestPage);
        var skip = (int)Math.Min(int.MaxValue, (Math.Max(1L, query.Page) - 1) * size);
        if (CaseFolding.Needle(query.Search) is not { } needle)
            return new ListDifferencePage(
                (await all.Skip(skip).Take(size).ToListAsync(cancellationToken)).ConvertAll(RowOf),
                await all.CountAsync(cancellationToken)
            );
        var (page, total) = (new List<ListDifferenceRow>(size), 0);
        await foreach (var row in ReadAsync(all, cancellationToken))
        {
            if (!Has(row.ProfileKey) && !Has(row.Email) && !Has(row.KlaviyoId))
                continue;
            if (++total > skip && page.Count < size)
                page.Add(row);
        }
        return new ListDifferencePage(page, total);

        bool Has(string? text) => text is not null && CaseFolding.Of(text).Contains(needle, StringComparison.Ordinal);
    }

    /// <summary>
    /// Writes the differences as CSV and records the download in the audit log. Cells that a spreadsheet would run as a formula are
    /// written as plain text.
    /// </summary>
    /// <exception cref="NotAllowedException">The actor may not see addresses. Nothing was written.</exception>
    /// <exception cref="LocalizedException">The run does not exist. Nothing was written.</exception>
    public async Task WriteCsvAsync(Actor actor, int runId, Stream output, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var kinds = new List<IQueryable<ListDifference>>();
        foreach (var kind in Enum.GetValues<ListDifferenceKind>())
            kinds.Add(await SeenAsync(db, actor, runId, kind, cancellationToken));
        var export = (await FindAsync(db, actor, runId, cancellationToken)).Export;
        _audit.Add(db, actor, "Exports.ListCheckDownloaded", export.Name, export.Id, new LocalizedMessage("Exports.OfRun", runId));
        await db.SaveChangesAsync(cancellationToken);
        await using var csv = new ListDifferenceCsv(output);
        await csv.WriteHeadingsAsync(cancellationToken);
        foreach (var kind in kinds)
        await foreach (var row in ReadAsync(kind, cancellationToken))
            await csv.WriteAsync(row, cancellationToken);
    }

    /// <summary>Returns why the list cannot be checked after a run now. Null when it can.</summary>
    internal static async Task<LocalizedMessage?> RefusalAsync(AppDb db, Run run, CancellationToken cancellationToken)
    {
        if (run is not { StartedAt: not null } || !run.State.IsFinal())
            return new LocalizedMessage("Delivery.CheckNothing");
        var export = await db.Set<Export>()
            .Where(export => export.Id == run.ExportId)
            .Select(export => new { export.ListId, AccountId = export.Connection == null ? null : export.Connection.AccountId })
            .SingleAsync(cancellationToken);
        if (export.AccountId is null)
            return RunOutcome.NoConnection.Message;
        // What is stored about the people of the export is about another list now.
        if (export.AccountId != run.AccountId || export.ListId != run.ListId)
            return OtherList;
        var later = await db.Set<Run>()
            .Where(other => other.ExportId == run.ExportId && other.Id > run.Id && other.StartedAt != null && other.FinishedAt != null)
            .MaxAsync(other => (int?)other.Id, cancellationToken);
        if (later is not null)
            return new LocalizedMessage("Delivery.CheckOlder", later);
        return
            await db.Set<Run>()
                .Where(other => other.ActiveExportId == run.ExportId && !Held.Contains(other.State))
                .Select(other => (int?)other.Id)
                .FirstOrDefaultAsync(cancellationToken)
                is { } active
            ? new LocalizedMessage("Delivery.CheckWhileRunning", active)
            : null;
    }

    private static async Task<(Run Run, Export Export, ExportPermissions Permissions)> FindAsync(
        AppDb db,
        Actor actor,
        int runId,
        CancellationToken cancellationToken
    )
    {
        var run =
            await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        var export = await db.Set<Export>().AsNoTracking().SingleAsync(export => export.Id == run.ExportId, cancellationToken);
        return (run, export, (await ExportAccess.ReadAsync(db, actor, cancellationToken)).To(export.ConnectionId));
    }

    /// <summary>Selects the differences of one kind that the last check found.</summary>
    private static async Task<IQueryable<ListDifference>> SeenAsync(
        AppDb db,
        Actor actor,
        int runId,
        ListDifferenceKind kind,
        CancellationToken cancellationToken
    )
    {
        if (!(await FindAsync(db, actor, runId, cancellationToken)).Permissions.MaySeeEmails)
            throw new NotAllowedException();
        var last = await db.Set<ListCheck>().Where(check => check.RunId == runId).MaxAsync(check => (int?)check.Id, cancellationToken);
        return db.Set<ListDifference>()
            .AsNoTracking()
            .Where(difference => difference.CheckId == last && difference.Kind == kind)
            .OrderBy(difference => difference.Id);
    }

    /// <summary>Reads in chunks, so that a slow reader does not keep a query open in the store.</summary>
    private async IAsyncEnumerable<ListDifferenceRow> ReadAsync(
        IQueryable<ListDifference> all,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = 0L;
        List<ListDifference> rows;
        do
        {
            rows = await all.Where(row => row.Id > last).Take(Chunk).ToListAsync(cancellationToken);
            foreach (var row in rows)
                yield return RowOf(row);
            last = rows.LastOrDefault()?.Id ?? last;
        } while (rows.Count == Chunk);
    }

    private ListDifferenceRow RowOf(ListDifference row) =>
        new(row.Id, row.Kind, row.ProfileKey, row.KlaviyoId, row.Email is null ? null : _secrets.UnprotectEmail(row.Email));
}
