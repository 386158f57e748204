namespace KlaviyoExport.Scheduling;

/// <summary>One system refresh, with how many of its tasks are in which state.</summary>
/// <param name="RequestedBy">A person's name, or "Schedule" where <paramref name="DueAt"/> is set.</param>
/// <param name="DueAt">The time of the plan it answers to; null when a person started it.</param>
/// <param name="FinishedAt">Null while it is under way.</param>
public sealed record RefreshView(
    int Id,
    string RequestedBy,
    DateTimeOffset? DueAt,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    string? CancelRequestedBy,
    IReadOnlyList<TaskCount> Tasks
)
{
    public int Total => Tasks.Sum(task => task.Count);

    public int Done =>
        Tasks.Where(task => task.State is not (RefreshTaskState.NotStarted or RefreshTaskState.Processing)).Sum(task => task.Count);
}

public sealed record TaskCount(RefreshTaskState State, int Count);
