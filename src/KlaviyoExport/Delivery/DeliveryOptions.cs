using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Delivery;

/// <summary>The options in configuration section <c>Delivery</c>.</summary>
public sealed class DeliveryOptions : IValidatableObject
{
    private const int MostRetries = 10;

    /// <summary>
    /// The pauses before the retries of a run that was stopped by a temporary fault. When the last retry fails, the run has failed
    /// permanently. At most ten pauses, each from one second to one day. Default: 1, 5 and 15 minutes.
    /// </summary>
    public IReadOnlyList<TimeSpan>? RetryAfter { get; set; }

    /// <summary>How long a Klaviyo job may make no progress before its batch is sent again. Default: 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00", ErrorMessage = "Delivery:JobTimeout must be between 00:00:10 and 1.00:00:00.")]
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The interval at which the state of running jobs is requested. Default: 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00", ErrorMessage = "Delivery:PollInterval must be between 00:00:00.050 and 00:05:00.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many times a batch is sent again after its job was canceled, lost or stuck. Default: 2.</summary>
    [Range(0, 10, ErrorMessage = "Delivery:ResendsOfLostJob must be between 0 and 10.")]
    public int ResendsOfLostJob { get; set; } = 2;

    internal IReadOnlyList<TimeSpan> RetryPauses =>
        RetryAfter ?? [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RetryPauses.Count > MostRetries || RetryPauses.Any(pause => pause < TimeSpan.FromSeconds(1) || pause > TimeSpan.FromDays(1)))
            yield return new ValidationResult(
                $"Delivery:RetryAfter must be at most {MostRetries} pauses, each between 00:00:01 and 1.00:00:00."
            );
    }
}
