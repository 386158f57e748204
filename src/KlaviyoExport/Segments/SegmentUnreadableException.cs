namespace KlaviyoExport.Segments;

/// <summary>A kept definition does not fit its source any more, as when a field is gone; somebody must change it.</summary>
public sealed class SegmentUnreadableException(LocalizedMessage message) : LocalizedException(message);
