using KlaviyoExport.Data;

namespace KlaviyoExport.Alerts;

/// <summary>The state of a subject that people were told last. A new alert is raised only when the state differs.</summary>
public sealed class AlertState : IVersioned
{
    public AlertTopic Topic { get; set; }

    public int SubjectId { get; set; }

    /// <summary>The bad state that people were told. Null when they know of none.</summary>
    public AlertReason? Reason { get; set; }

    /// <summary>
    /// What was looked at last: the id of a run, the ticks (UTC) of a missed time, or the date of an API revision as yyyymmdd. 0 for other
    /// topics.
    /// </summary>
    public long Occasion { get; set; }

    /// <summary>The number of alerts that were raised so far.</summary>
    public int Sequence { get; set; }

    public int Version { get; set; }
}
