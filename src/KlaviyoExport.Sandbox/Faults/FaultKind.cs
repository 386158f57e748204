namespace KlaviyoExport.Sandbox.Faults;

/// <summary>The kinds of faults. In JSON the names are written with hyphens, such as <c>reset-mid-body</c>.</summary>
public enum FaultKind
{
    /// <summary>Responds with <see cref="Fault.Status"/> and does not do the work.</summary>
    Status,

    /// <summary>Waits <see cref="Fault.DelayMs"/> before doing anything.</summary>
    Delay,

    /// <summary>Resets the connection before the request's body is read.</summary>
    ResetBeforeBody,

    /// <summary>Reads half of the request's body, then resets the connection.</summary>
    ResetMidBody,

    /// <summary>Does the work, sends half of the response, then resets the connection.</summary>
    ResetMidAnswer,

    /// <summary>Does the work, then resets the connection without a response. The client cannot know whether the work was done.</summary>
    LoseAnswer,

    /// <summary>Does the work and responds with incomplete JSON in a complete HTTP response.</summary>
    Truncate,

    /// <summary>Does the work and responds with the correct status and media type and an empty body.</summary>
    Empty,

    /// <summary>Does the work and responds with a web page and the correct status, as a proxy might.</summary>
    NotJson,

    /// <summary>Does the work and responds with media type text/plain.</summary>
    WrongMediaType,

    /// <summary>
    /// Responds with status 400 and errors that point at <see cref="Fault.PointsAt"/>, or without pointers when that is null.
    /// </summary>
    WrongPointers,

    /// <summary>The next jobs stay in the processing state.</summary>
    JobStuck,

    /// <summary>The next jobs end as canceled after half of their rows.</summary>
    JobCancelled,

    /// <summary>The next jobs are accepted and are then unknown.</summary>
    JobUnknown,

    /// <summary>The next jobs count <see cref="Fault.Amount"/> failed rows more than their errors list.</summary>
    ErrorsMissing,

    /// <summary>
    /// In the next jobs every <see cref="Fault.Amount"/>th row fails, or those whose email contains <see cref="Fault.Email"/>.
    /// </summary>
    RowsFail,

    /// <summary><see cref="Fault.Key"/> (a key or its name) is not valid until the fault is cleared.</summary>
    KeyRevoked,

    /// <summary>Deletes <see cref="Fault.List"/> immediately and permanently.</summary>
    ListDeleted,

    /// <summary>
    /// Until cleared, another client of the account makes <see cref="Fault.Amount"/> calls of <see cref="Fault.Call"/> per second,
    /// evenly, as far as the limits allow.
    /// </summary>
    OtherClient,

    /// <summary>No call is throttled until the fault is cleared.</summary>
    LimitsOff,

    /// <summary>
    /// Another client uses up <see cref="Fault.Amount"/> calls of the current minute of <see cref="Fault.Call"/> immediately.
    /// </summary>
    QuotaUsed,
}
