namespace KlaviyoExport.Segments;

/// <summary>A segment in a list. The number of members is null when they have not been counted.</summary>
public sealed record SegmentLine(int Id, string Name, int SourceId, string SourceName, long? MemberCount, DateTimeOffset? CountedAt);
