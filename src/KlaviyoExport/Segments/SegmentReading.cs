namespace KlaviyoExport.Segments;

/// <summary>What it took to count the members of a segment on a database server.</summary>
/// <param name="RowsRead">The number of rows that the server sent.</param>
/// <param name="Conditions">The conditions, in the order of the definition, also those of segments it refers to.</param>
public sealed record SegmentReading(long RowsRead, IReadOnlyList<ConditionReading> Conditions);

/// <summary>How a condition was decided.</summary>
public sealed record ConditionReading(string Field, Operator Operator, Pushdown Pushdown);

/// <summary>The members of a segment, and what it took to count them. Null for files, which are not read from a server.</summary>
public sealed record MeasuredCount(long Members, SegmentReading? Reading);

/// <summary>A segment of a source and its last count.</summary>
public sealed record SegmentReadingRow(int Id, string Name, long? Members, DateTimeOffset? CountedAt, SegmentReading? Reading);
