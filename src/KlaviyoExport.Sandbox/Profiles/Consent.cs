namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The consent of a person. Only the subscribe call may change it; import and list calls never do.</summary>
internal sealed record Consent
{
    public const string Never = "NEVER_SUBSCRIBED";
    public const string Given = "SUBSCRIBED";
    public const string Taken = "UNSUBSCRIBED";

    public static Consent None { get; } = new();

    public string Email { get; init; } = Never;

    public DateTimeOffset? EmailAt { get; init; }

    public string Sms { get; init; } = Never;

    public DateTimeOffset? SmsAt { get; init; }

    public string? Method { get; init; }

    public bool? DoubleOptIn { get; init; }

    /// <summary>
    /// Why no email may be sent: HARD_BOUNCE, INVALID_EMAIL, SPAM_COMPLAINT, UNSUBSCRIBE or USER_SUPPRESSED. Null when email may be sent.
    /// </summary>
    public string? Suppression { get; init; }

    public DateTimeOffset? SuppressedAt { get; init; }

    public static Consent From(SandboxConsent consent, DateTimeOffset at) =>
        consent switch
        {
            SandboxConsent.Subscribed => new()
            {
                Email = Given,
                EmailAt = at,
                Method = "PREFERENCE_PAGE",
                DoubleOptIn = true,
            },
            SandboxConsent.Unsubscribed => new()
            {
                Email = Taken,
                EmailAt = at,
                Method = "PREFERENCE_PAGE",
                Suppression = "UNSUBSCRIBE",
                SuppressedAt = at,
            },
            SandboxConsent.SpamComplaint => new()
            {
                Email = Taken,
                EmailAt = at,
                Method = "SPAM_COMPLAINT",
                Suppression = "SPAM_COMPLAINT",
                SuppressedAt = at,
            },
            SandboxConsent.UserSuppressed => new() { Suppression = "USER_SUPPRESSED", SuppressedAt = at },
            _ => None,
        };
}
