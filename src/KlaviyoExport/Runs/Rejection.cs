using System.Text.Json.Serialization;

namespace KlaviyoExport.Runs;

/// <summary>Why a profile did not make it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RejectionReason>))]
public enum RejectionReason
{
    WithoutEmail,
    InvalidEmail,

    /// <summary>Another member of the same run has the same address.</summary>
    DuplicateEmail,

    /// <summary>A single profile larger than Klaviyo takes.</summary>
    TooLarge,

    /// <summary>Klaviyo refused it: by a 400 that named it, or in the import job.</summary>
    Refused,

    /// <summary>Klaviyo counted refusals in its batch without naming all of them, or never finished its job.</summary>
    Unconfirmed,

    /// <summary>Klaviyo did not take it off the list (mirror exports).</summary>
    NotRemoved,
}

/// <summary>A profile that did not make it, with the reason.</summary>
public sealed class Rejection
{
    public long Id { get; set; }

    public int RunId { get; set; }

    /// <summary>Position among the run's members, from 0; one rejection per member at most.</summary>
    public long Ordinal { get; set; }

    /// <summary>The profile's key in its source.</summary>
    public required string ProfileKey { get; set; }

    public RejectionReason Reason { get; set; }

    /// <summary>The address as it stands in the source, encrypted; null when there is none.</summary>
    public byte[]? Email { get; set; }

    /// <summary>Klaviyo's error code; null when the refusal is ours.</summary>
    public string? Code { get; set; }

    /// <summary>Klaviyo's words with any address taken out, or the key of the duplicate that was sent.</summary>
    public string? Detail { get; set; }

    public int? BatchNumber { get; set; }
}
