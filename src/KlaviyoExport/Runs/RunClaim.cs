using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Runs;

/// <summary>
/// The claim of an execution on a Klaviyo account. An account has one execution at a time: the one that claimed it last. An execution that
/// has lost its claim must not save anything, for example because its server was paused and another server took over the run. Therefore
/// each transaction of an execution demands the claim first.
/// </summary>
public sealed class RunClaim
{
    // The transactions of an execution wait for the claim in the store anyway. Here each begins as soon as the one before has ended.
    private readonly KeyedLocks<Guid> _turns = new();

    public required string AccountId { get; set; }

    /// <summary>The run that is being executed.</summary>
    public int RunId { get; set; }

    /// <summary>Identifies the execution.</summary>
    public Guid Holder { get; set; }

    /// <summary>The server that executes the run, for display.</summary>
    public required string Node { get; set; }

    /// <summary>When the account was claimed.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Begins a transaction that holds the claim: no other execution can take it before the transaction ends.</summary>
    /// <exception cref="RunTakenOverException">Another execution has claimed the account. The transaction was rolled back.</exception>
    internal async Task<ClaimedTransaction> BeginAsync(AppDb db, CancellationToken cancellationToken)
    {
        var turn = await _turns.EnterAsync(Holder, cancellationToken);
        IDbContextTransaction? transaction = null;
        try
        {
            transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await DemandAsync(db, cancellationToken);
            return new ClaimedTransaction(transaction, turn);
        }
        catch
        {
            if (transaction is not null)
                await transaction.DisposeAsync();
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Saves the changes of the context in a transaction that holds the claim.</summary>
    /// <exception cref="RunTakenOverException">Another execution has claimed the account. Nothing was saved.</exception>
    internal async Task SaveAsync(AppDb db, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(db, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Verifies that this execution still holds the claim, and keeps it until the caller's transaction ends. Call it before the transaction
    /// writes anything, including bulk updates.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no transaction. The claim could be lost before the next statement.</exception>
    /// <exception cref="RunTakenOverException">Another execution has claimed the account.</exception>
    internal async Task DemandAsync(AppDb db, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("A claim can only be demanded inside a transaction.");
        // An update, not a query: its lock prevents other executions from taking the claim until the transaction ends.
        var held = await db.Set<RunClaim>()
            .Where(stored => stored.AccountId == AccountId && stored.Holder == Holder)
            .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.Holder, Holder), cancellationToken);
        if (held == 0)
            throw new RunTakenOverException();
    }

    /// <summary>
    /// Lets no execution start on an account, or save anything, until the caller's transaction ends. Call it before the transaction writes
    /// anything.
    /// </summary>
    internal static Task HoldOffAsync(AppDb db, string accountId, CancellationToken cancellationToken) =>
        // An update, not a query, because of its lock.
        db.Set<RunClaim>()
            .Where(stored => stored.AccountId == accountId)
            .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.Node, stored => stored.Node), cancellationToken);
}

/// <summary>A transaction in the store. Dispose it; what was not committed is then rolled back.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="turn">Disposed at the end. Null when no other transaction waits for it.</param>
internal sealed class ClaimedTransaction(IDbContextTransaction transaction, IDisposable? turn) : IAsyncDisposable
{
    public Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        turn?.Dispose();
    }
}

/// <summary>
/// Thrown when another execution has claimed the account of the run. This execution has not changed anything since and must end.
/// </summary>
internal sealed class RunTakenOverException(Exception? inner = null) : Exception("Another execution has claimed the run's account.", inner);
