namespace KlaviyoExport.Runs;

/// <summary>One line of a run's timeline.</summary>
public sealed class RunEvent
{
    public long Id { get; set; }

    public int RunId { get; set; }

    public DateTimeOffset At { get; set; }

    public required LocalizedMessage What { get; set; }
}
