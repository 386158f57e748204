namespace KlaviyoExport.Runs;

/// <summary>
/// What the execution of a run measures, for display on any server. Stored as JSON with the progress of the run, and null while the run is
/// not being executed.
/// </summary>
/// <param name="At">When it was measured, by the clock of the executing server.</param>
public sealed record RunReading(DateTimeOffset At)
{
    /// <summary>How long a reading is valid. Without a newer one, the execution has been interrupted.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(20);

    /// <summary>Profiles per second in the recent past, for each step that has moved.</summary>
    public IReadOnlyDictionary<Stage, double> Rates { get; init; } = new Dictionary<Stage, double>();

    /// <summary>What the run waits for. Null when it is not waiting, or has not waited for long.</summary>
    public RunWait? Wait { get; init; }
}
