namespace KlaviyoExport.Runs;

/// <summary>What started a run.</summary>
public enum RunTrigger
{
    Person,

    /// <summary>The export's own schedule.</summary>
    Schedule,

    /// <summary>The system refresh.</summary>
    Refresh,
}
