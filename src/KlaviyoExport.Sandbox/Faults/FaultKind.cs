namespace KlaviyoExport.Sandbox.Faults;

/// <summary>What can be made to go wrong. In JSON the names are written with dashes, such as <c>reset-mid-body</c>.</summary>
public enum FaultKind
{
    /// <summary>Answers <see cref="Fault.Status"/> instead of doing the work.</summary>
    Status,

    /// <summary>Waits <see cref="Fault.DelayMs"/> before doing anything.</summary>
    Delay,

    /// <summary>Resets the connection before the request's body is read.</summary>
    ResetBeforeBody,

    /// <summary>Reads half of the request's body, then resets the connection.</summary>
    ResetMidBody,

    /// <summary>Does the work, sends half of the answer, then resets the connection.</summary>
    ResetMidAnswer,

    /// <summary>
    /// Does the work, then resets the connection without a byte of an answer: the client cannot know whether it happened.
    /// </summary>
    LoseAnswer,

    /// <summary>Does the work and answers JSON that stops half-way, as a complete HTTP answer.</summary>
    Truncate,

    /// <summary>Does the work and answers with the right status and media type and nothing else.</summary>
    Empty,

    /// <summary>Does the work and answers a web page with the right status, as a proxy in between would.</summary>
    NotJson,

    /// <summary>Does the work and answers it as text/plain.</summary>
    WrongMediaType,

    /// <summary>Refuses with a 400 whose errors point at <see cref="Fault.PointsAt"/>, or nowhere when that is null.</summary>
    WrongPointers,

    /// <summary>The next jobs never get beyond processing.</summary>
    JobStuck,

    /// <summary>The next jobs end cancelled after half of their rows.</summary>
    JobCancelled,

    /// <summary>The next jobs are accepted and then unknown.</summary>
    JobUnknown,

    /// <summary>The next jobs count <see cref="Fault.Amount"/> failed rows more than their errors list.</summary>
    ErrorsMissing,

    /// <summary>
    /// In the next jobs every <see cref="Fault.Amount"/>th row fails, or those whose email contains <see cref="Fault.Email"/>.
    /// </summary>
    RowsFail,

    /// <summary><see cref="Fault.Key"/> (a key, or its name) opens nothing until the fault is cleared.</summary>
    KeyRevoked,

    /// <summary>Deletes <see cref="Fault.List"/> at once and for good.</summary>
    ListDeleted,

    /// <summary>
    /// Until cleared, another client of the account makes <see cref="Fault.Amount"/> calls of <see cref="Fault.Call"/> a second, evenly, as
    /// far as the limits let it.
    /// </summary>
    OtherClient,

    /// <summary>No call is throttled until the fault is cleared.</summary>
    LimitsOff,

    /// <summary>
    /// Another client uses up <see cref="Fault.Amount"/> calls of the running minute of <see cref="Fault.Call"/> at once.
    /// </summary>
    QuotaUsed,
}
