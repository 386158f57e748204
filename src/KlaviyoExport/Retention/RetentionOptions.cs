using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Retention;

/// <summary>Section <c>Retention</c>: how long the data of runs, the history of segments and the audit are kept.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>
    /// How long the rejections of a run are kept after its end, and the differences of a list check after the end of the check.
    /// </summary>
    [Range(
        typeof(TimeSpan),
        "1.00:00:00",
        "3650.00:00:00",
        ErrorMessage = "Retention:Rejections must be between 1.00:00:00 and 3650.00:00:00 (days.hours:minutes:seconds)."
    )]
    public TimeSpan Rejections { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a run is kept after its end, with its ledger, batches and timeline.</summary>
    [Range(
        typeof(TimeSpan),
        "7.00:00:00",
        "3650.00:00:00",
        ErrorMessage = "Retention:Runs must be between 7.00:00:00 and 3650.00:00:00 (days.hours:minutes:seconds)."
    )]
    public TimeSpan Runs { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long the daily numbers of members of a segment are kept.</summary>
    [Range(
        typeof(TimeSpan),
        "7.00:00:00",
        "3650.00:00:00",
        ErrorMessage = "Retention:SegmentCounts must be between 7.00:00:00 and 3650.00:00:00 (days.hours:minutes:seconds)."
    )]
    public TimeSpan SegmentCounts { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long alerts are kept after they were raised, and messages after they were sent or given up.</summary>
    [Range(
        typeof(TimeSpan),
        "1.00:00:00",
        "3650.00:00:00",
        ErrorMessage = "Retention:Alerts must be between 1.00:00:00 and 3650.00:00:00 (days.hours:minutes:seconds)."
    )]
    public TimeSpan Alerts { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long entries of the audit are kept. None: forever.</summary>
    [Range(
        typeof(TimeSpan),
        "30.00:00:00",
        "3650.00:00:00",
        ErrorMessage = "Retention:Audit must be between 30.00:00:00 and 3650.00:00:00 (days.hours:minutes:seconds), or absent."
    )]
    public TimeSpan? Audit { get; set; }
}
