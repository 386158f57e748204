namespace KlaviyoExport.Sources;

/// <summary>Thrown when a source or one of its fields cannot be read. The message says which and what to do.</summary>
public sealed class SourceException(SourceFault fault) : LocalizedException(fault.Message)
{
    public SourceFault Fault { get; } = fault;
}
