namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>What faults have in store for a job.</summary>
internal sealed record JobFate
{
    public static JobFate Natural { get; } = new();

    /// <summary>Never gets beyond processing.</summary>
    public bool Stuck { get; init; }

    /// <summary>Ends cancelled after half of its rows.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Every so many rows fail; 0 for none.</summary>
    public int FailEvery { get; init; }

    /// <summary>Rows whose email holds this fail.</summary>
    public string? FailEmailsWith { get; init; }

    /// <summary>So many failed rows are counted but not listed among the errors.</summary>
    public int HideErrors { get; init; }
}
