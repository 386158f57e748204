using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Retention;

/// <summary>Section <c>Retention</c>: how long what runs leave behind is kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long after its end a run's rejections, and after a list check its differences, are kept. Default 30 days.</summary>
    [Range(
        typeof(TimeSpan),
        "1.00:00:00",
        "3650.00:00:00",
        ErrorMessage = "Retention:Rejections must be between 1.00:00:00 and 3650.00:00:00 (days.hours:minutes:seconds)."
    )]
    public TimeSpan Rejections { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long after its end a run is kept with its ledger, batches and timeline. Default 400 days.</summary>
    [Range(
        typeof(TimeSpan),
        "7.00:00:00",
        "3650.00:00:00",
        ErrorMessage = "Retention:Runs must be between 7.00:00:00 and 3650.00:00:00 (days.hours:minutes:seconds)."
    )]
    public TimeSpan Runs { get; set; } = TimeSpan.FromDays(400);
}
