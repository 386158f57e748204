namespace KlaviyoExport.People.Auditing;

/// <summary>What is wrong with the chain of the audit.</summary>
public enum AuditFaultKind
{
    /// <summary>The audit key is missing, or the encryption keys that decrypt it are. Nothing can be verified.</summary>
    KeyMissing,

    /// <summary>The stored beginning of the chain is missing or was changed.</summary>
    AnchorChanged,

    /// <summary>The stored end of the chain is missing or was changed.</summary>
    HeadChanged,

    /// <summary>Entries are missing.</summary>
    Removed,

    /// <summary>The entry, or its hash, is not as it was sealed.</summary>
    Changed,

    /// <summary>The product has not sealed the entry, or has removed it at the end of its retention period.</summary>
    Added,
}

/// <summary>A fault of the chain.</summary>
/// <param name="First">The sequence number of the first entry. 0 when the fault is not about entries.</param>
/// <param name="Last">The sequence number of the last entry.</param>
public sealed record AuditFault(AuditFaultKind Kind, long First, long Last)
{
    /// <summary>Returns the fault in English, for whoever administers the machine.</summary>
    public override string ToString()
    {
        var entries = First == Last ? $"Entry {First}" : $"Entries {First} to {Last}";
        return Kind switch
        {
            AuditFaultKind.KeyMissing =>
                "The audit key is missing or cannot be decrypted, so nothing can be verified and no further entry is sealed.",
            AuditFaultKind.AnchorChanged => "The stored beginning of the chain is missing or was changed.",
            AuditFaultKind.HeadChanged => "The stored end of the chain is missing or was changed.",
            AuditFaultKind.Removed => $"{entries} {(First == Last ? "was" : "were")} removed.",
            AuditFaultKind.Changed => $"{entries} {(First == Last ? "was" : "were")} changed.",
            _ => $"{entries} {(First == Last ? "was" : "were")} added by something else than the product.",
        };
    }
}

/// <summary>The chain is not as the product has left it. Nothing is sealed or removed until a person acts.</summary>
internal sealed class AuditBrokenException(AuditFaultKind kind, long sequence = 0)
    : Exception(new AuditFault(kind, sequence, sequence).ToString())
{
    public AuditFault Fault { get; } = new(kind, sequence, sequence);
}

/// <summary>The result of a verification.</summary>
/// <param name="Sealed">The number of sealed entries.</param>
/// <param name="Waiting">The number of entries that are not sealed yet.</param>
/// <param name="OldestWaiting">When the oldest entry that is not sealed was written. Null when all are sealed.</param>
/// <param name="Faults">The first faults, at most <see cref="AuditVerification.MostFaults"/>. Empty when the chain is intact.</param>
/// <param name="AllFaults">The number of all faults.</param>
public sealed record AuditReport(long Sealed, int Waiting, DateTimeOffset? OldestWaiting, IReadOnlyList<AuditFault> Faults, long AllFaults)
{
    public bool IsIntact => AllFaults == 0;
}
