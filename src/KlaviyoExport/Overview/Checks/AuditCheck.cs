using KlaviyoExport.People.Auditing;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Verifies the chain of the audit: a finding for each fault.</summary>
internal sealed class AuditCheck(AuditVerification verification, TimeProvider clock)
{
    private const string Area = "audit";

    // The server seals within seconds. Without a server, entries wait for the next start.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var report = await verification.VerifyAsync(cancellationToken);
        if (!report.IsIntact)
            return [.. report.Faults.Select(fault => Finding.Fault(Area, null, fault.ToString(), CureOf(fault)))];
        return report.OldestWaiting < clock.GetUtcNow() - LongestWait
            ?
            [
                Finding.Warning(
                    Area,
                    null,
                    $"{report.Waiting} entries are not sealed yet, so a change to them would not be noticed.",
                    "Start the server. It seals them within seconds; otherwise its log says why."
                ),
            ]
            : [Finding.Ok(Area, null, $"{report.Sealed} entries are as they were sealed.")];
    }

    private static string CureOf(AuditFault fault) =>
        fault.Kind == AuditFaultKind.KeyMissing
            ? "Restore the folder keys of DataDirectory (or the certificate of DataProtection:Certificate and OldCertificates) and the "
                + "table InstallationKeys from the backup. If there is none, begin a new chain with the command renew-audit."
            : "Find out who can write to the store, and compare the entries with a backup or with the entries that were forwarded.";
}
