namespace KlaviyoExport.Sandbox.Faults;

/// <summary>Says what each kind of fault affects.</summary>
internal static class FaultKinds
{
    public static FaultTarget Target(this FaultKind kind) =>
        kind switch
        {
            FaultKind.Status
            or FaultKind.Delay
            or FaultKind.ResetBeforeBody
            or FaultKind.ResetMidBody
            or FaultKind.ResetMidAnswer
            or FaultKind.LoseAnswer
            or FaultKind.Truncate
            or FaultKind.Empty
            or FaultKind.NotJson
            or FaultKind.WrongMediaType
            or FaultKind.WrongPointers => FaultTarget.Request,
            FaultKind.JobStuck or FaultKind.JobCancelled or FaultKind.JobUnknown or FaultKind.ErrorsMissing or FaultKind.RowsFail =>
                FaultTarget.Job,
            FaultKind.KeyRevoked or FaultKind.ListDeleted or FaultKind.OtherClient or FaultKind.LimitsOff or FaultKind.QuotaUsed =>
                FaultTarget.Sandbox,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The fault has no target."),
        };
}

/// <summary>What a fault affects.</summary>
internal enum FaultTarget
{
    /// <summary>The next requests it matches.</summary>
    Request,

    /// <summary>The next import jobs.</summary>
    Job,

    /// <summary>The whole sandbox, from the moment it is set.</summary>
    Sandbox,
}
