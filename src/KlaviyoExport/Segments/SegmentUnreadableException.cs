namespace KlaviyoExport.Segments;

/// <summary>
/// Thrown when a stored definition no longer matches its source, for example because a field is missing. A person must change it.
/// </summary>
public sealed class SegmentUnreadableException(LocalizedMessage message) : LocalizedException(message);
