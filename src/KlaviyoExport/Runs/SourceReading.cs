namespace KlaviyoExport.Runs;

/// <summary>What a run knew about the data of its source. Stored as JSON, to compare it with that of the next run.</summary>
/// <param name="SourceId">The source.</param>
/// <param name="LoadedAt">When the data that was read was loaded. Null for a database that was never looked at.</param>
/// <param name="Rows">The number of rows of that load.</param>
/// <param name="Columns">The number of columns of that load.</param>
/// <param name="Shape">A fingerprint of the names and types of the columns. It is the same for the same columns in any order.</param>
public sealed record SourceReading(int SourceId, DateTimeOffset? LoadedAt, long Rows, int Columns, string Shape);
