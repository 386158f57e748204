namespace KlaviyoExport.Runs;

/// <summary>Thrown when a run fails permanently. A retry would not help; the outcome says what a person must correct.</summary>
internal sealed class RunFailedException(RunOutcome outcome) : LocalizedException(outcome.Message)
{
    public RunOutcome Outcome { get; } = outcome;
}
