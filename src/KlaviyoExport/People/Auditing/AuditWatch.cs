using Microsoft.Extensions.Logging;

namespace KlaviyoExport.People.Auditing;

/// <summary>Verifies the audit at the start and then every day, reports faults in the log, and remembers the last report.</summary>
public sealed class AuditWatch
{
    private readonly AuditVerification _verification;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private AuditSeen? _last;

    internal AuditWatch(AuditVerification verification, TimeProvider clock, ILogger<AuditWatch> logger) =>
        (_verification, _clock, _logger) = (verification, clock, logger);

    /// <summary>The last report of this process. Null before the first verification has ended.</summary>
    public AuditSeen? Last => Volatile.Read(ref _last);

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var report = await _verification.VerifyAsync(cancellationToken);
        Volatile.Write(ref _last, new AuditSeen(report, _clock.GetUtcNow()));
        foreach (var fault in report.Faults)
            Log.AuditChanged(_logger, fault.ToString());
    }
}

/// <summary>A report, and when it was made.</summary>
public sealed record AuditSeen(AuditReport Report, DateTimeOffset At);
