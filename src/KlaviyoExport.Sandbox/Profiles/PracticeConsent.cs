namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The email marketing consent a practice profile begins with.</summary>
public enum PracticeConsent
{
    NeverSubscribed,
    Subscribed,

    /// <summary>Was subscribed and took it back: suppressed with UNSUBSCRIBE.</summary>
    Unsubscribed,

    /// <summary>Marked a message as spam: suppressed with SPAM_COMPLAINT.</summary>
    SpamComplaint,

    /// <summary>Suppressed by the account's own people: USER_SUPPRESSED.</summary>
    UserSuppressed,
}
