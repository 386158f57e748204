namespace KlaviyoExport.Runs;

/// <summary>What several states of a run have in common. Code that asks for a phase needs no change when a state is added.</summary>
public enum RunPhase
{
    /// <summary>Waits for its account, or for the time of its next attempt. Goes on without a person.</summary>
    Waiting,

    /// <summary>Waits until a person decides.</summary>
    Held,

    /// <summary>Is being executed.</summary>
    Working,

    /// <summary>Ended, and delivered its members to the list.</summary>
    Delivered,

    /// <summary>Ended without delivering all its members.</summary>
    NotDelivered,
}
