namespace KlaviyoExport.Klaviyo;

/// <summary>What a person has agreed to receive by email, according to Klaviyo.</summary>
public enum EmailConsentState
{
    /// <summary>Klaviyo does not say, or says something that this version does not know.</summary>
    Unknown,
    Subscribed,
    Unsubscribed,
    NeverSubscribed,
}

/// <summary>A profile of the account and its consent to email marketing. This product reads consent and never changes it.</summary>
/// <param name="ProfileId">Klaviyo's ID of the profile.</param>
/// <param name="State">What the person agreed to.</param>
/// <param name="Since">When the consent was last changed. Null when Klaviyo does not say.</param>
/// <param name="Suppressions">Why Klaviyo sends no marketing email to the address, in the whole account. Empty when it does.</param>
/// <param name="ListSuppressions">Why Klaviyo sends no marketing email to the address as a member of single lists.</param>
public sealed record EmailConsent(
    string ProfileId,
    EmailConsentState State,
    DateTimeOffset? Since,
    IReadOnlyList<EmailSuppression> Suppressions,
    IReadOnlyList<EmailSuppression> ListSuppressions
)
{
    /// <summary>
    /// Whether Klaviyo sends no marketing email to the address, in the whole account or as a member of the list. Somebody who has
    /// unsubscribed is suppressed, too.
    /// </summary>
    public bool IsSuppressedOn(string listId) =>
        State == EmailConsentState.Unsubscribed
        || Suppressions.Count > 0
        || ListSuppressions.Any(one => one.ListId is null || one.ListId == listId);
}

/// <summary>A reason why Klaviyo sends no marketing email to an address.</summary>
/// <param name="Reason">HARD_BOUNCE, INVALID_EMAIL, SPAM_COMPLAINT, UNSUBSCRIBE, USER_SUPPRESSED, or a newer reason of Klaviyo's.</param>
/// <param name="Since">When it began. Null when Klaviyo does not say.</param>
/// <param name="ListId">The list to which it applies. Null for the whole account.</param>
public sealed record EmailSuppression(string Reason, DateTimeOffset? Since, string? ListId);
