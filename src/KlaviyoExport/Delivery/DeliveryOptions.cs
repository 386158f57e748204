using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Delivery;

/// <summary>Section <c>Delivery</c>.</summary>
public sealed class DeliveryOptions
{
    /// <summary>How long a Klaviyo job may stand still before its batch is sent again. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00", ErrorMessage = "Delivery:JobTimeout must be between 00:00:10 and 1.00:00:00.")]
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Pause between two looks at the jobs under way. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00", ErrorMessage = "Delivery:PollInterval must be between 00:00:00.050 and 00:05:00.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a batch is sent again after its job was cancelled, lost or stuck. Default 2.</summary>
    [Range(0, 10, ErrorMessage = "Delivery:ResendsOfLostJob must be between 0 and 10.")]
    public int ResendsOfLostJob { get; set; } = 2;
}
