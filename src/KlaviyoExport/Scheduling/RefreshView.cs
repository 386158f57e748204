namespace KlaviyoExport.Scheduling;

/// <summary>A system refresh, with the number of its tasks in each state.</summary>
/// <param name="RequestedBy">The name of the person who started it, or "Schedule" when <paramref name="DueAt"/> is set.</param>
/// <param name="DueAt">The planned time for which it started. Null when a person started it.</param>
/// <param name="FinishedAt">Null while the refresh is in progress.</param>
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
    /// <summary>The number of tasks.</summary>
    public int Total => Tasks.Sum(task => task.Count);

    /// <summary>The number of tasks that have ended.</summary>
    public int Done =>
        Tasks.Where(task => task.State is not (RefreshTaskState.NotStarted or RefreshTaskState.Processing)).Sum(task => task.Count);
}

/// <summary>The number of tasks in a state.</summary>
public sealed record TaskCount(RefreshTaskState State, int Count);
