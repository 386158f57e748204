using System.ComponentModel.DataAnnotations;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Delivery;

/// <summary>Section <c>Delivery</c>: how a run sends its batches, and what it retries.</summary>
public sealed class DeliveryOptions : IValidatableObject
{
    public const string Section = "Delivery";

    private const int MostRetries = 10;

    /// <summary>
    /// The pauses before the retries of a run that was stopped by a temporary fault. When the last retry fails, the run has failed
    /// permanently. At most ten pauses, each from 1 second to 1 day. None: 1, 5 and 15 minutes.
    /// </summary>
    public IReadOnlyList<TimeSpan>? RetryAfter { get; set; }

    /// <summary>How long a Klaviyo job may make no progress before its batch is sent again.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00", ErrorMessage = "Delivery:JobTimeout must be between 00:00:10 and 1.00:00:00.")]
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The shortest interval at which the state of running jobs is requested. While no job makes progress, the interval grows to a tenth
    /// of the time since the last progress, but not above 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00", ErrorMessage = "Delivery:PollInterval must be between 00:00:00.050 and 00:05:00.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many times a batch is sent again after its job was canceled, lost or stuck.</summary>
    [Range(0, 10, ErrorMessage = "Delivery:ResendsOfLostJob must be between 0 and 10.")]
    public int ResendsOfLostJob { get; set; } = 2;

    /// <summary>
    /// The maximum number of batches that are sent at the same time. Klaviyo allows ten imports in a second, so 20 are enough for answers
    /// that take two seconds. Each needs up to 5 MB of memory.
    /// </summary>
    [Range(1, 100, ErrorMessage = "Delivery:CallsInFlight must be between 1 and 100.")]
    public int CallsInFlight { get; set; } = 24;

    /// <summary>
    /// The maximum number of profiles in a batch, at most Klaviyo's limit. Smaller batches need more of the account's calls; their jobs end
    /// sooner.
    /// </summary>
    [Range(1, KlaviyoLimits.ProfilesPerImport, ErrorMessage = "Delivery:BatchSize must be between 1 and 10000.")]
    public int BatchSize { get; set; } = KlaviyoLimits.ProfilesPerImport;

    internal IReadOnlyList<TimeSpan> RetryPauses =>
        RetryAfter ?? [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    /// <summary>Whether a batch has room for one more profile.</summary>
    /// <param name="listId">The list.</param>
    /// <param name="profiles">The number of profiles in the batch.</param>
    /// <param name="profileBytes">Their total length, in bytes.</param>
    /// <param name="next">The length of the next profile, in bytes.</param>
    internal bool HasRoom(string listId, int profiles, long profileBytes, int next) =>
        profiles < BatchSize && ImportBody.HasRoom(listId, profiles, profileBytes, next);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RetryPauses.Count > MostRetries || RetryPauses.Any(pause => pause < TimeSpan.FromSeconds(1) || pause > TimeSpan.FromDays(1)))
            yield return new ValidationResult(
                $"Delivery:RetryAfter must be at most {MostRetries} pauses, each between 00:00:01 and 1.00:00:00."
            );
    }
}
