namespace KlaviyoExport.Sources;

/// <summary>A source, or a field of it, cannot be read. The message says which and what to do.</summary>
public sealed class SourceException(SourceFault fault) : LocalizedException(fault.Message)
{
    public SourceFault Fault { get; } = fault;
}
