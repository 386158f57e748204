namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>What became of one call's tries so far.</summary>
internal sealed class CallFate
{
    /// <summary>Whether Klaviyo may have done what a try asked for, without this product knowing.</summary>
    public bool MayHaveArrived { get; set; }

    /// <summary>The HTTP status of the last try's answer, where one began to come.</summary>
    public int? Status { get; set; }

    /// <summary>Why the last try that was given up failed.</summary>
    public UnavailableReason? LastFailure { get; set; }
}
