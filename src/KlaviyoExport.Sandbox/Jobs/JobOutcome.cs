namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>The faults that affect a job.</summary>
internal sealed record JobOutcome
{
    public static JobOutcome Natural { get; } = new();

    /// <summary>The job stays in the processing state.</summary>
    public bool Stuck { get; init; }

    /// <summary>The job ends as canceled after half of its rows.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Every nth row fails. 0 for none.</summary>
    public int FailEvery { get; init; }

    /// <summary>Rows whose email contains this text fail.</summary>
    public string? FailEmailsWith { get; init; }

    /// <summary>The number of failed rows that are counted but not listed among the errors.</summary>
    public int HideErrors { get; init; }
}
