using System.Text.Json.Serialization;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Runs;

/// <summary>Why a profile was rejected.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RejectionReason>))]
public enum RejectionReason
{
    WithoutEmail,
    InvalidEmail,

    /// <summary>Another member of the same run has the same address.</summary>
    DuplicateEmail,

    /// <summary>The profile is larger than Klaviyo accepts.</summary>
    TooLarge,

    /// <summary>Klaviyo refused the profile, with status 400 or in the import job.</summary>
    Refused,

    /// <summary>
    /// Klaviyo did not report a result for the profile: it counted more refusals in the batch than it listed, or did not finish the job.
    /// </summary>
    Unconfirmed,

    /// <summary>
    /// The profile has left the segments and stays on the list, because no delivery of this installation put it there (mirror exports
    /// only).
    /// </summary>
    KeptOnList,

    /// <summary>Somebody has taken the profile off the list in Klaviyo, and the export does not put it back.</summary>
    RemovedByHand,

    /// <summary>A field that the export requires is empty.</summary>
    MissingField,

    /// <summary>A value is invalid, and the export requires it or rejects profiles with such values.</summary>
    InvalidField,

    /// <summary>
    /// A profile before it has the same phone number or external id, and the export requires it or rejects profiles without it.
    /// </summary>
    TakenIdentifier,

    /// <summary>The person has no profile in Klaviyo, and the audience of the export is limited to existing profiles.</summary>
    NotInKlaviyo,

    /// <summary>The person is not subscribed to email marketing, and the audience of the export is limited to subscribed people.</summary>
    NotSubscribed,

    /// <summary>Klaviyo sends no marketing email to the person, and the audience of the export leaves such people out.</summary>
    Suppressed,
}

/// <summary>The facts about the reasons.</summary>
public static class RejectionReasons
{
    /// <summary>Why an address is invalid. Null for other reasons than <see cref="RejectionReason.InvalidEmail"/>.</summary>
    public static LocalizedMessage? AddressFault(RejectionReason reason, string? code) =>
        reason == RejectionReason.InvalidEmail && Enum.TryParse<EmailFault>(code, out var fault)
            ? new LocalizedMessage($"Delivery.EmailFault.{fault}")
            : null;

    /// <summary>
    /// Whether sending the profile again can help. Profiles that were kept on the list are no members of the segments, and those that were
    /// taken off in Klaviyo are not to be sent. Whom the audience left out was left out by choice; the next ordinary run asks Klaviyo again.
    /// </summary>
    public static bool IsRetriable(this RejectionReason reason) =>
        reason is not (RejectionReason.KeptOnList or RejectionReason.RemovedByHand) && !reason.IsOfAudience();

    /// <summary>Whether the audience of the export left the profile out, by what Klaviyo said about the person.</summary>
    public static bool IsOfAudience(this RejectionReason reason) =>
        reason is RejectionReason.NotInKlaviyo or RejectionReason.NotSubscribed or RejectionReason.Suppressed;
}

/// <summary>A rejected profile and the reason.</summary>
public sealed class Rejection
{
    public long Id { get; set; }

    public int RunId { get; set; }

    /// <summary>The position among the run's members, starting at 0. A member has at most one rejection.</summary>
    public long Ordinal { get; set; }

    /// <summary>The key of the profile in its source.</summary>
    public required string ProfileKey { get; set; }

    public RejectionReason Reason { get; set; }

    /// <summary>The email address as in the source, encrypted. Null when there is none.</summary>
    public byte[]? Email { get; set; }

    /// <summary>
    /// The error code of Klaviyo, or the name of the <see cref="KlaviyoExport.Klaviyo.EmailFault"/> of an invalid address. Null for other
    /// reasons.
    /// </summary>
    public string? Code { get; set; }

    /// <summary>
    /// Klaviyo's description with email addresses removed, the key of the duplicate that was sent instead, or the attribute because of whose
    /// value the profile was rejected.
    /// </summary>
    public string? Detail { get; set; }

    public int? BatchNumber { get; set; }
}
