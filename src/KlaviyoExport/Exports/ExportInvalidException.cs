namespace KlaviyoExport.Exports;

/// <summary>The part of an export that is missing, invalid, already taken or out of its limits.</summary>
public enum ExportPart
{
    Name,
    Connection,
    List,
    Source,
    Email,
    Fields,
    Segments,
    ApprovalShare,
    ApprovalAtLeast,
}

/// <summary>Thrown when an export cannot be saved. Nothing was saved.</summary>
public sealed class ExportInvalidException(ExportPart part, LocalizedMessage message) : LocalizedException(message)
{
    public ExportPart Part { get; } = part;
}
