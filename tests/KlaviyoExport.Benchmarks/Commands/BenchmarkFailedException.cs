namespace KlaviyoExport.Benchmarks.Commands;

/// <summary>What was measured is not what should have been measured, so its times mean nothing.</summary>
internal sealed class BenchmarkFailedException(string message) : Exception(message);
