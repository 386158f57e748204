namespace KlaviyoExport.Exports;

/// <summary>The part of an export that is missing, wrong, taken or too large.</summary>
public enum ExportPart
{
    Name,
    Connection,
    List,
    Source,
    Email,
    Fields,
    Segments,
}

/// <summary>An export cannot be saved as it is; nothing was saved.</summary>
public sealed class ExportInvalidException(ExportPart part, LocalizedMessage message) : LocalizedException(message)
{
    public ExportPart Part { get; } = part;
}
