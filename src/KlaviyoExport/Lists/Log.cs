using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Lists;

internal static partial class Log
{
    [LoggerMessage(
        33,
        LogLevel.Information,
        "List check {CheckId} ended {State}: {Expected} expected, {Members} members, {Missing} missing, {Unexpected} unexpected."
    )]
    public static partial void ListChecked(
        ILogger logger,
        int checkId,
        ListCheckState state,
        long expected,
        long members,
        long missing,
        long unexpected
    );

    [LoggerMessage(34, LogLevel.Warning, "List check {CheckId} failed with an exception.")]
    public static partial void ListCheckFailed(ILogger logger, Exception fault, int checkId);

    [LoggerMessage(35, LogLevel.Error, "The list checks could not be read; they stay open.")]
    public static partial void ListChecksInterrupted(ILogger logger, Exception fault);
}
