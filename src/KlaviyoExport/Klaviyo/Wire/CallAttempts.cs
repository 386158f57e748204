namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>Tracks the attempts of one call.</summary>
internal sealed class CallAttempts
{
    /// <summary>The number of attempts so far, including the current one.</summary>
    public int Count { get; set; }

    /// <summary>Whether one of the attempts may have taken effect.</summary>
    public bool MayHaveArrived { get; set; }

    /// <summary>Whether an attempt before the last one may have taken effect.</summary>
    public bool EarlierMayHaveArrived { get; set; }

    /// <summary>The HTTP status of the last attempt. Null when its response has not started.</summary>
    public int? Status { get; set; }

    /// <summary>Why the last attempt that was followed by a retry failed. Null when there was no retry.</summary>
    public UnavailableReason? LastFailure { get; set; }
}
