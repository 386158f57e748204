using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Lists;

/// <summary>
/// Executes a check of a list: reads the source, then the whole list, and stores the differences. After an interruption the check starts
/// again.
/// </summary>
internal sealed class ListCheckExecution(
    IDbContextFactory<AppDb> stores,
    RunContexts contexts,
    ExpectedMembers members,
    EmailHashes hashes,
    KlaviyoClient klaviyo,
    SecretProtector secrets,
    ChangeFeed changes,
    IOptions<ApprovalOptions> limits,
    TimeProvider clock,
    ILogger<ListCheckExecution> logger
)
{
    private const int Chunk = 1_000;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <param name="checkId">The ID of the check.</param>
    /// <param name="canceled">Canceled when a person asks to stop the check.</param>
    /// <param name="stopping">Canceled when the process stops. The check starts again at the next start.</param>
    public async Task RunAsync(int checkId, CancellationToken canceled, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(canceled, stopping);
        var cancellationToken = either.Token;
        var listId = "";
        try
        {
            var run = await BeginAsync(checkId, cancellationToken);
            if (run is null)
                return;
            listId = run.ListId;
            var context = await contexts.ReadAsync(run, cancellationToken);
            await CompareAsync(checkId, run, context, cancellationToken);
        }
        catch (Exception) when (canceled.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            await EndAsync(
                checkId,
                ListCheckState.Canceled,
                check => new LocalizedMessage("Delivery.CheckCanceled", check.CancelRequestedBy),
                stopping
            );
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            Log.ListCheckFailed(logger, fault, checkId);
            await EndAsync(
                checkId,
                ListCheckState.Failed,
                _ => new LocalizedMessage("Delivery.CheckFailed", RunFault.Of(fault, listId).Outcome.Message),
                stopping
            );
        }
    }

    private async Task<Run?> BeginAsync(int checkId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // Delete the results of an interrupted attempt.
        await ListDifferences.DeleteAsync(db, checkId, cancellationToken);
        if (
            await db.Set<ListCheck>().SingleOrDefaultAsync(check => check.Id == checkId && check.FinishedAt == null, cancellationToken)
            is not { } check
        )
            return null;
        check.State = ListCheckState.Checking;
        (check.Expected, check.Members) = (0, 0);
        await db.SaveChangesAsync(cancellationToken);
        changes.Raise(check.RunId);
        return await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == check.RunId, cancellationToken);
    }

    private async Task CompareAsync(int checkId, Run run, RunContext context, CancellationToken cancellationToken)
    {
        var begun = clock.GetUtcNow();
        var drift = await DriftAsync(run, cancellationToken);
        using var hasher = await hashes.LoadAsync(cancellationToken);
        var (expected, either) = await members.ReadAsync(context, hasher, cancellationToken);
        var counts = new Counts { Expected = expected.Count };
        var (waiting, seen, onList) = (new List<ListDifference>(Chunk), new HashSet<string>(StringComparer.Ordinal), new HashSet<Hash16>());
        var told = clock.GetTimestamp();
        await foreach (var member in klaviyo.GetListMembersAsync(context.Credential, run.ListId, cancellationToken))
        {
            // When the list changes while it is read, a profile may appear on two pages.
            if (!seen.Add(member.ProfileId))
                continue;
            counts.Members++;
            if (clock.GetElapsedTime(told) >= Pace)
            {
                told = clock.GetTimestamp();
                await TellAsync(checkId, run.Id, counts.Expected, counts.Members, cancellationToken);
            }
            if (EmailAddress.TryNormalize(member.Email, out var email) && hasher.Hash(email) is var hash)
            {
                var isFirst = onList.Add(hash);
                if (expected.Remove(hash) || either.Contains(hash) || !isFirst)
                    continue;
                if (drift.IsHeld(hash))
                {
                    counts.OfExports++;
                    continue;
                }
            }
            if (++counts.Unexpected <= ListCheckService.MostStored)
                await AddAsync(
                    waiting,
                    new ListDifference
                    {
                        CheckId = checkId,
                        Kind = ListDifferenceKind.Unexpected,
                        KlaviyoId = member.ProfileId,
                        Email = Protected(member.Email),
                    },
                    cancellationToken
                );
        }
        foreach (var (hash, (key, email)) in expected)
        {
            var kind = drift.WasOnList(hash) ? ListDifferenceKind.RemovedByHand : ListDifferenceKind.Missing;
            var count = kind == ListDifferenceKind.Missing ? ++counts.Missing : ++counts.RemovedByHand;
            if (count <= ListCheckService.MostStored)
                await AddAsync(
                    waiting,
                    new ListDifference
                    {
                        CheckId = checkId,
                        Kind = kind,
                        ProfileKey = key,
                        Email = Protected(email),
                    },
                    cancellationToken
                );
        }
        await FlushAsync(waiting, cancellationToken);
        counts.Held = drift.CountOff(null);
        var gone = drift.CountOff(onList);
        var isAccepted = await IsAcceptedAsync(checkId, cancellationToken);
        counts.Withheld = !isAccepted && limits.Value.IsMuch(gone, counts.Held, context.Export.ListRules) ? gone : 0;
        await EndAsync(
            checkId,
            ListCheckState.Done,
            counts.ApplyTo,
            cancellationToken,
            db => StoreAsync(db, run, drift, onList, begun, counts.Withheld == 0, cancellationToken)
        );
    }

    private async Task<bool> IsAcceptedAsync(int checkId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<ListCheck>().AnyAsync(check => check.Id == checkId && check.AcceptsRemovals, cancellationToken);
    }

    private async Task<ListDrift> DriftAsync(Run run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await ListDrift.ReadAsync(db, run.ExportId, await ExportsAsync(db, run, cancellationToken), cancellationToken);
    }

    private static async Task StoreAsync(
        AppDb db,
        Run run,
        ListDrift drift,
        HashSet<Hash16> onList,
        DateTimeOffset begun,
        bool storesRemovals,
        CancellationToken cancellationToken
    )
    {
        // A run that starts now reads who is respected after this transaction. It would not see the result otherwise.
        await RunClaim.HoldOffAsync(db, run.AccountId, cancellationToken);
        await drift.StoreAsync(db, await ExportsAsync(db, run, cancellationToken), onList, begun, storesRemovals, cancellationToken);
    }

    /// <summary>Reads the exports to the list of the run.</summary>
    /// <exception cref="RunFailedException">The export of the run is not among them any more.</exception>
    private static async Task<List<int>> ExportsAsync(AppDb db, Run run, CancellationToken cancellationToken)
    {
        var exports = await ExportsToList.ReadAsync(db, run.AccountId, run.ListId, null, cancellationToken);
        return exports.Exists(export => export.Id == run.ExportId)
            ? exports.ConvertAll(export => export.Id)
            : throw new RunFailedException(new(RunOutcomeKind.AccountChanged, ListCheckService.OtherList));
    }

    private byte[]? Protected(string? email) => email is null ? null : secrets.ProtectEmail(email);

    private async Task TellAsync(int checkId, int runId, long expected, long read, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<ListCheck>()
            .Where(check => check.Id == checkId)
            .ExecuteUpdateAsync(
                set => set.SetProperty(check => check.Expected, expected).SetProperty(check => check.Members, read),
                cancellationToken
            );
        changes.Raise(runId);
    }

    private async Task AddAsync(List<ListDifference> waiting, ListDifference difference, CancellationToken cancellationToken)
    {
        waiting.Add(difference);
        if (waiting.Count == Chunk)
            await FlushAsync(waiting, cancellationToken);
    }

    private async Task FlushAsync(List<ListDifference> waiting, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.InsertAsync(waiting, cancellationToken);
        waiting.Clear();
    }

    private async Task EndAsync(
        int checkId,
        ListCheckState state,
        Func<ListCheck, LocalizedMessage> outcome,
        CancellationToken cancellationToken,
        Func<AppDb, Task>? alsoStore = null
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (state != ListCheckState.Done)
            await ListDifferences.DeleteAsync(db, checkId, cancellationToken);
        // The check was deleted together with its run.
        if (
            await db.Set<ListCheck>().SingleOrDefaultAsync(check => check.Id == checkId && check.FinishedAt == null, cancellationToken)
            is not { } check
        )
            return;
        check.Outcome = outcome(check);
        (check.State, check.FinishedAt) = (state, clock.GetUtcNow());
        if (alsoStore is not null)
            await alsoStore(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Raise(check.RunId);
        Log.ListChecked(logger, checkId, state, check.Expected, check.Members, check.Missing, check.Unexpected);
    }

    private sealed class Counts
    {
        public long Expected { get; init; }

        public long Members { get; set; }

        public long Missing { get; set; }

        public long RemovedByHand { get; set; }

        public long Unexpected { get; set; }

        public long OfExports { get; set; }

        public long Held { get; set; }

        public long Withheld { get; set; }

        public LocalizedMessage ApplyTo(ListCheck check)
        {
            (check.Expected, check.Members, check.Missing) = (Expected, Members, Missing);
            (check.RemovedByHand, check.Unexpected, check.OfOthers) = (RemovedByHand, Unexpected, OfExports);
            check.Withheld = Withheld;
            if (Withheld > 0)
                return new LocalizedMessage("Delivery.CheckWithheld", Withheld, Held);
            return Missing + RemovedByHand + Unexpected == 0
                ? new LocalizedMessage("Delivery.CheckSame", Expected, Members)
                : new LocalizedMessage("Delivery.CheckDiffers", Expected, Members, Missing, Unexpected, RemovedByHand);
        }
    }
}
