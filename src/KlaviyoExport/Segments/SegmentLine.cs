namespace KlaviyoExport.Segments;

/// <summary>A segment in a list. Members are null until counted.</summary>
public sealed record SegmentLine(int Id, string Name, int SourceId, string SourceName, long? MemberCount, DateTimeOffset? CountedAt);
