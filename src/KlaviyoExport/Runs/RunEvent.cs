namespace KlaviyoExport.Runs;

/// <summary>An entry in the timeline of a run.</summary>
public sealed class RunEvent
{
    public long Id { get; set; }

    public int RunId { get; set; }

    public DateTimeOffset At { get; set; }

    public required LocalizedMessage What { get; set; }
}
