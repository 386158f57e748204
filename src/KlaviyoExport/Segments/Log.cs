using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Segments;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Segment {SegmentId} has {Members} members.")]
    public static partial void Counted(ILogger logger, int segmentId, long members);
}
