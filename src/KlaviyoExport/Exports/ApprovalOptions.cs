using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Exports;

/// <summary>
/// Section <c>Delivery:Approval</c>: which changes wait for the approval of a person, unless the export has limits of its own.
/// </summary>
public sealed class ApprovalOptions
{
    public const string Section = "Delivery:Approval";

    /// <summary>
    /// A run that differs from the last run by more than this share of its profiles requires approval: 0.5 is half of them.
    /// </summary>
    [Range(0.01, 100, ErrorMessage = "Delivery:Approval:Share must be between 0.01 and 100; 0.5 is half of the profiles of the last run.")]
    public double Share { get; set; } = 0.5;

    /// <summary>A run that differs by fewer profiles than this never requires approval.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Delivery:Approval:AtLeast must be between 1 and 1000000 profiles.")]
    public int AtLeast { get; set; } = 100;

    /// <summary>How long a run waits for approval before it is canceled.</summary>
    [Range(
        typeof(TimeSpan),
        "00:05:00",
        "90.00:00:00",
        ErrorMessage = "Delivery:Approval:Patience must be between 00:05:00 and 90.00:00:00."
    )]
    public TimeSpan Patience { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Whether a difference requires that a person confirms it, by the limits of the export or else of the installation.</summary>
    /// <param name="difference">The number of profiles that change.</param>
    /// <param name="before">The number of profiles before the change.</param>
    /// <param name="rules">The rules of the export.</param>
    internal bool IsMuch(long difference, long before, ListRules rules) =>
        difference >= (rules.ApprovalAtLeast ?? AtLeast) && difference > (rules.ApprovalShare ?? Share) * before;
}
