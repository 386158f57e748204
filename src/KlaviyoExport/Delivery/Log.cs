using KlaviyoExport.Runs;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

internal static partial class Log
{
    private static readonly Func<ILogger, int, int, IDisposable?> RunScope = LoggerMessage.DefineScope<int, int>(
        "run {RunId} of export {ExportId}"
    );

    private static readonly Func<ILogger, int, long, IDisposable?> BatchScope = LoggerMessage.DefineScope<int, long>(
        "batch {Batch} ({BatchId})"
    );

    /// <summary>Adds the ids of a run and its export to all messages until the result is disposed, also to those of other rooms.</summary>
    public static IDisposable? BeginRun(ILogger logger, int runId, int exportId) => RunScope(logger, runId, exportId);

    /// <summary>Adds the number of a batch within its run, and its id, to all messages until the result is disposed.</summary>
    public static IDisposable? BeginBatch(ILogger logger, int batch, long batchId) => BatchScope(logger, batch, batchId);

    [LoggerMessage(1, LogLevel.Information, "Run {RunId}: batch {Batch} with {Count} profiles was sent as Klaviyo job {JobId}.")]
    public static partial void BatchSent(ILogger logger, int runId, int batch, int count, string jobId);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId}: Klaviyo rejected {Count} profiles of batch {Batch}; the rest is sent again.")]
    public static partial void SetAside(ILogger logger, int runId, int batch, int count);

    [LoggerMessage(3, LogLevel.Information, "Run {RunId}: batch {Batch} is confirmed, {Accepted} accepted, {Refused} refused.")]
    public static partial void BatchConfirmed(ILogger logger, int runId, int batch, int accepted, int refused);

    [LoggerMessage(4, LogLevel.Warning, "Run {RunId}: job {JobId} of batch {Batch} ended without a result ({Reason}).")]
    public static partial void JobLost(ILogger logger, int runId, int batch, string jobId, string reason);

    [LoggerMessage(
        5,
        LogLevel.Information,
        "Run {RunId}: of {Leaving} profiles that left the segments, Klaviyo knows {Found}; they are off the list."
    )]
    public static partial void Removed(ILogger logger, int runId, int leaving, int found);

    [LoggerMessage(6, LogLevel.Error, "Run {RunId}: the ledger does not add up.")]
    public static partial void LedgerDoesNotAddUp(ILogger logger, int runId);

    [LoggerMessage(
        7,
        LogLevel.Information,
        "Run {RunId} ended {State}: {Prepared} prepared, {Accepted} accepted, {Refused} refused, {Unconfirmed} unconfirmed, {Unsent} "
            + "unsent."
    )]
    public static partial void RunEnded(
        ILogger logger,
        int runId,
        RunState state,
        long prepared,
        long accepted,
        long refused,
        long unconfirmed,
        long unsent
    );

    [LoggerMessage(8, LogLevel.Warning, "Run {RunId} failed with an exception.")]
    public static partial void RunFailed(ILogger logger, Exception fault, int runId);

    [LoggerMessage(
        9,
        LogLevel.Warning,
        "Run {RunId}: another execution, on this server or another, has claimed the account; this execution ends."
    )]
    public static partial void TakenOver(ILogger logger, int runId);

    [LoggerMessage(
        30,
        LogLevel.Warning,
        "Run {RunId}: of batch {Batch} (job {JobId}) {Accepted} were accepted and {Refused} refused; Klaviyo counts {Completed} completed "
            + "and {Failed} failed."
    )]
    public static partial void BatchDiffers(
        ILogger logger,
        int runId,
        int batch,
        string? jobId,
        int accepted,
        int refused,
        int? completed,
        int? failed
    );
}
