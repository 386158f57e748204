namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The initial email marketing consent of a practice profile.</summary>
public enum SandboxConsent
{
    NeverSubscribed,
    Subscribed,

    /// <summary>Unsubscribed: suppressed with UNSUBSCRIBE.</summary>
    Unsubscribed,

    /// <summary>Marked a message as spam: suppressed with SPAM_COMPLAINT.</summary>
    SpamComplaint,

    /// <summary>Suppressed by a user of the account: USER_SUPPRESSED.</summary>
    UserSuppressed,
}
