namespace KlaviyoExport.Runs;

/// <summary>How much a run needs a person's attention, the most urgent first. The export list sorts by it.</summary>
public enum RunUrgency
{
    Failed,
    Unresolved,
    Warning,
    Skipped,
    Canceled,
    InProgress,
    Successful,
}
