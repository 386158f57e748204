namespace KlaviyoExport.Runs;

/// <summary>The stages of a run, in the order in which they are executed.</summary>
public enum Stage
{
    Prepare,
    Send,
    Confirm,
    Remove,
    Close,
}
