using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Sources;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Source {SourceId} is loaded: {Rows} profiles, {Malformed} malformed rows.")]
    public static partial void Loaded(ILogger logger, int sourceId, long rows, long malformed);

    [LoggerMessage(2, LogLevel.Warning, "The load of source {SourceId} failed with {Code}; the previous load stays in use.")]
    public static partial void LoadRefused(ILogger logger, int sourceId, string code);

    [LoggerMessage(3, LogLevel.Error, "The load of source {SourceId} failed with an exception; the previous load stays in use.")]
    public static partial void LoadBroke(ILogger logger, int sourceId, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "Microsoft Entra gave no token for the sign-in with {SignIn}: {Code}")]
    public static partial void EntraRefused(ILogger logger, ServerSignIn signIn, string code);

    [LoggerMessage(6, LogLevel.Information, "The {Files} files of source {SourceId} have not changed; its load stays in use.")]
    public static partial void Unchanged(ILogger logger, int sourceId, int files);

    [LoggerMessage(4, LogLevel.Information, "{Count} unused files of loads and uploads were deleted.")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(7, LogLevel.Warning, "The columns of source {SourceId} could not be looked at ({Code}).")]
    public static partial void ColumnsNotRead(ILogger logger, int sourceId, string code);
}
