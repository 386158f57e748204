using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Runs;

/// <summary>
/// Which execution of a run counts: the one that claimed its account last, for an account has one run at a time. An execution that has lost
/// its claim (its machine stood still and another was given the run) must not save anything, so each of its transactions demands the claim
/// first.
/// </summary>
public sealed class RunClaim
{
    public required string AccountId { get; set; }

    /// <summary>The run that is executed under it.</summary>
    public int RunId { get; set; }

    /// <summary>Of one execution.</summary>
    public Guid Holder { get; set; }

    /// <summary>The machine it is on, for people.</summary>
    public required string Node { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Begins a transaction in which the claim is held: nobody can take it until the transaction ends.</summary>
    /// <exception cref="RunTakenOverException">Another execution has claimed the account; the transaction is over.</exception>
    internal async Task<IDbContextTransaction> BeginAsync(AppDb db, CancellationToken cancellationToken)
    {
        var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await DemandAsync(db, cancellationToken);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Saves what the context tracks, in a transaction in which the claim is held.</summary>
    /// <exception cref="RunTakenOverException">Another execution has claimed the account; nothing was saved.</exception>
    internal async Task SaveAsync(AppDb db, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginAsync(db, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Makes sure, in the caller's transaction, that the claim is still this execution's. Whatever the transaction writes, in bulk too,
    /// holds only then.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no transaction, so the claim could be lost between this and the next
    /// statement.</exception>
    /// <exception cref="RunTakenOverException">Another execution has claimed the account.</exception>
    internal async Task DemandAsync(AppDb db, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("A claim is demanded within a transaction.");
        // An update and not a look: it keeps everybody else from taking the claim until the transaction ends.
        var held = await db.Set<RunClaim>()
            .Where(stored => stored.AccountId == AccountId && stored.Holder == Holder)
            .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.Holder, Holder), cancellationToken);
        if (held == 0)
            throw new RunTakenOverException();
    }
}

/// <summary>Another execution has claimed the account of the run; this one has changed nothing since, and ends.</summary>
internal sealed class RunTakenOverException(Exception? inner = null) : Exception("Another execution has claimed the run's account.", inner);
