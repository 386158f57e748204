using KlaviyoExport.Sandbox.Calls;

namespace KlaviyoExport.Sandbox.Faults;

/// <summary>Rejects faults that could never occur, because they are mistakes of the caller.</summary>
internal static class FaultCheck
{
    public static void Throw(Fault fault, SandboxState state)
    {
        if (fault.Account is { } account && !state.Accounts.ContainsKey(account))
            throw new ArgumentException($"There is no account '{account}'.");
        if (fault.Call is { } call && CallTable.All.All(c => c.Id != call))
            throw new ArgumentException($"There is no call '{call}'. There are: {string.Join(", ", CallTable.All.Select(c => c.Id))}.");
        if (fault.Kind == FaultKind.Status && fault.Status is < 400 or > 599)
            throw new ArgumentException("A status fault needs a status from 400 to 599.");
        if (fault.Kind == FaultKind.Delay && fault.DelayMs <= 0)
            throw new ArgumentException("A delay fault needs delayMs.");
        if (fault.Kind == FaultKind.KeyRevoked && (fault.Key is null || !state.KnowsKey(fault.Key)))
            throw new ArgumentException("A key-revoked fault needs a known key or its name.");
        if (fault.Kind == FaultKind.ListDeleted && (fault.List is null || state.AccountOrFirst(fault.Account).List(fault.List) is null))
            throw new ArgumentException("A list-deleted fault needs the id of a list of the account.");
        if (fault.Kind is FaultKind.QuotaUsed or FaultKind.OtherClient && fault.Call is null)
            throw new ArgumentException("Another client's calls need a call.");
        if (fault.Times <= 0 || fault.Amount <= 0 || fault.After < 0)
            throw new ArgumentException("Times and amount are at least 1, after is at least 0.");
    }
}
