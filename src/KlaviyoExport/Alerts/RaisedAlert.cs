namespace KlaviyoExport.Alerts;

/// <summary>One change of state that people are told about. Contains names, ids and counts, never addresses of customers.</summary>
public sealed class RaisedAlert
{
    public long Id { get; set; }

    /// <summary>When the change was noticed.</summary>
    public DateTimeOffset At { get; set; }

    public AlertTopic Topic { get; set; }

    /// <summary>The id of the export, source or connection. 0 for the API revision.</summary>
    public int SubjectId { get; set; }

    /// <summary>The number of this change among those of the subject and topic. Unique, so that no change is told twice.</summary>
    public int Sequence { get; set; }

    /// <summary>The name of the export, source or connection at that time, or the API revision.</summary>
    public required string Subject { get; set; }

    public AlertReason Reason { get; set; }

    /// <summary>The bad state that is over. Null unless <see cref="Reason"/> is <see cref="AlertReason.Recovered"/>.</summary>
    public AlertReason? RecoveredFrom { get; set; }

    /// <summary>The run that caused the change. Null when none did. The run may have been deleted since.</summary>
    public int? RunId { get; set; }

    /// <summary>The stored message of the run, source or connection. Null when the reason says everything.</summary>
    public LocalizedMessage? Why { get; set; }
}

/// <summary>An alert in the bell of one person.</summary>
public sealed class AlertNotice
{
    public required string UserId { get; set; }

    public long AlertId { get; set; }

    public RaisedAlert Alert { get; set; } = default!;

    /// <summary>When the person marked it as read. Null while it is unread.</summary>
    public DateTimeOffset? ReadAt { get; set; }
}
