using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Which execution of a run counts: the one that claimed its account last, for an account has one run at a time. Every save of an execution checks in its own
/// transaction that the claim is still its own, so one whose machine was given up (paused, cut off) and that goes on beside its successor changes nothing.
/// </summary>
public sealed class RunClaim
{
    private static readonly AsyncLocal<RunClaim?> OfThisFlow = new();

    public required string AccountId { get; set; }

    /// <summary>The run that is executed under it, for people.</summary>
    public int RunId { get; set; }

    /// <summary>Of one execution.</summary>
    public Guid Holder { get; set; }

    /// <summary>The machine it is on, for people.</summary>
    public required string Node { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Has every save of what is called from here on check the claim.</summary>
    internal static void Enter(RunClaim claim) => OfThisFlow.Value = claim;

    /// <summary>Adds the check to what is about to be saved.</summary>
    internal static void Check(AppDb db)
    {
        if (OfThisFlow.Value is not { } claim || (db.Database.CurrentTransaction is null && !db.ChangeTracker.HasChanges()))
            return;
        var entry = db.ChangeTracker.Entries<RunClaim>().FirstOrDefault(entry => entry.Entity.AccountId == claim.AccountId)
            ?? db.Attach(new RunClaim { AccountId = claim.AccountId, RunId = claim.RunId, Holder = claim.Holder, Node = claim.Node, At = claim.At });
        // Its value stays; the update finds no row where another holds it.
        entry.Property(stored => stored.Holder).IsModified = true;
    }

    internal static bool IsWhatFailed(DbUpdateConcurrencyException fault) => fault.Entries.Any(entry => entry.Entity is RunClaim);
}

/// <summary>Another execution has claimed the run, or another run its account; this one has changed nothing since, and ends.</summary>
internal sealed class RunTakenOverException(Exception? inner = null) : Exception("Another execution has claimed the run's account.", inner);
