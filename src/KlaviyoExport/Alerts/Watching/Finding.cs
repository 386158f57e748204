namespace KlaviyoExport.Alerts.Watching;

/// <summary>What the store says about a subject.</summary>
/// <param name="Reason">The bad state. Null for a good one.</param>
/// <param name="Occasion"><inheritdoc cref="AlertState.Occasion" path="/summary"/></param>
internal sealed record Finding(AlertTopic Topic, int SubjectId, string Subject, AlertReason? Reason, long Occasion)
{
    public int? RunId { get; init; }

    public LocalizedMessage? Why { get; init; }

    /// <summary>Returns what to tell, compared with what was told last. Null when there is nothing new.</summary>
    public AlertReason? NewsAfter(AlertState known) =>
        Reason is null
            // Nobody needs to be told that a person has approved a run.
            ? known.Reason is null || Topic == AlertTopic.Approval
                ? null
                : AlertReason.Recovered
            : Reason != known.Reason || (HasOccasions && Occasion != known.Occasion)
                ? Reason
                : null;

    /// <summary>Whether each occasion is told, also when the state was bad before.</summary>
    private bool HasOccasions => Topic is AlertTopic.Approval or AlertTopic.Schedule or AlertTopic.Revision;
}

/// <summary>What the store says about all subjects, in the order in which it happened for each subject.</summary>
/// <param name="Subjects">All subjects that exist. States of others are out of date.</param>
internal sealed record StoreFindings(IReadOnlyList<Finding> All, IReadOnlySet<(AlertTopic Topic, int Id)> Subjects);
