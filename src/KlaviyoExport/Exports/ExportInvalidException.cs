namespace KlaviyoExport.Exports;

/// <summary>The part of an export that is missing, invalid, already taken or too large.</summary>
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

/// <summary>Thrown when an export cannot be saved. Nothing was saved.</summary>
public sealed class ExportInvalidException(ExportPart part, LocalizedMessage message) : LocalizedException(message)
{
    public ExportPart Part { get; } = part;
}
