namespace KlaviyoExport.Benchmarks.Processes;

/// <summary>The calls that the sandbox received.</summary>
/// <param name="Calls">The number of calls of each endpoint.</param>
/// <param name="Throttled">The number of calls that were answered with status 429.</param>
/// <param name="FirstImport">When the first import arrived. Null when there was none.</param>
internal sealed record Traffic(IReadOnlyDictionary<string, int> Calls, int Throttled, DateTimeOffset? FirstImport);
