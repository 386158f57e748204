using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Delivery;

/// <summary>Section <c>Delivery:Approval</c>: from which change on a run waits for somebody's approval.</summary>
public sealed class ApprovalOptions
{
    /// <summary>The share of the last run's profiles by which a run must differ to wait. Default 0.5, half of them.</summary>
    [Range(0.01, 100, ErrorMessage = "Delivery:Approval:Share must be between 0.01 and 100; 0.5 is half of the profiles of the last run.")]
    public double Share { get; set; } = 0.5;

    /// <summary>A smaller difference than this many profiles never waits. Default 100.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Delivery:Approval:AtLeast must be between 1 and 1000000 profiles.")]
    public int AtLeast { get; set; } = 100;

    /// <summary>How long a run waits before it is canceled. Default 7 days.</summary>
    [Range(
        typeof(TimeSpan),
        "00:05:00",
        "90.00:00:00",
        ErrorMessage = "Delivery:Approval:Patience must be between 00:05:00 and 90.00:00:00."
    )]
    public TimeSpan Patience { get; set; } = TimeSpan.FromDays(7);
}
