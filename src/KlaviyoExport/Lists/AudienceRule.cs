using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists;

/// <summary>Decides by what Klaviyo says about a person whether the audience of an export leaves the person out.</summary>
internal static class AudienceRule
{
    /// <param name="audience">The audience of the export.</param>
    /// <param name="consent">The profile in Klaviyo. Null when there is none.</param>
    /// <param name="listId">The list of the export. A suppression of another list does not count.</param>
    /// <returns>Why the person is left out. Null when the person is not.</returns>
    public static RejectionReason? WhyOutside(this Audience audience, EmailConsent? consent, string listId) =>
        consent is null
            ? audience.UpdateOnly || audience.OnlySubscribed
                ? RejectionReason.NotInKlaviyo
                : null
            : audience.OnlySubscribed && consent.State != EmailConsentState.Subscribed
                ? RejectionReason.NotSubscribed
                : audience.LeaveOutSuppressed && consent.IsSuppressedOn(listId)
                    ? RejectionReason.Suppressed
                    : null;
}
