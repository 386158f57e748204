namespace KlaviyoExport.Runs;

/// <summary>The run cannot end well, and trying again would not help: the outcome says what a person must mend.</summary>
internal sealed class RunFailedException(RunOutcome outcome) : LocalizedException(outcome.Message)
{
    public RunOutcome Outcome { get; } = outcome;
}
