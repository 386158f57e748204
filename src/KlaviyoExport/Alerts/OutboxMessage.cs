using KlaviyoExport.Data;

namespace KlaviyoExport.Alerts;

/// <summary>The way on which a message leaves.</summary>
public enum OutboxChannel
{
    Mail,
    Webhook,
}

/// <summary>What a message contains.</summary>
public enum OutboxLetter
{
    /// <summary>One or more alerts.</summary>
    Alerts,

    /// <summary>A link with which a new person sets the first password. The link is made when the message is sent.</summary>
    Invitation,

    /// <summary>A link with which a person sets a new password. The link is made when the message is sent.</summary>
    PasswordReset,

    /// <summary>The person has set up an authenticator app.</summary>
    AppAdded,

    /// <summary>The person has removed the authenticator app.</summary>
    AppRemoved,

    /// <summary>The person has added a passkey.</summary>
    PasskeyAdded,

    /// <summary>The person has removed a passkey.</summary>
    PasskeyRemoved,

    /// <summary>The person has made new recovery codes.</summary>
    RecoveryCodesMade,

    /// <summary>An administrator has removed the app and the passkeys of the person.</summary>
    SecondFactorReset,

    /// <summary>The person has replaced the password.</summary>
    PasswordChanged,
}

/// <summary>
/// A message that has to be sent, and what became of it. It is stored in the transaction of the change that it reports. Its content is
/// fixed from the first attempt on.
/// </summary>
public sealed class OutboxMessage : IVersioned
{
    public long Id { get; set; }

    /// <summary>
    /// The random id that the receiver sees, the same at every attempt: the local part of the Message-ID of a mail, the header
    /// X-Klaviyo-Export-Delivery of a webhook.
    /// </summary>
    public required string Key { get; set; }

    public OutboxChannel Channel { get; set; }

    public OutboxLetter Letter { get; set; }

    /// <summary>The person who gets the mail. Null for a webhook, and for a mail to nobody.</summary>
    public string? UserId { get; set; }

    /// <summary>The webhook. Null for a mail.</summary>
    public int? WebhookId { get; set; }

    /// <summary>The language of the mail for a person who has none. Null for the language of the installation.</summary>
    public string? Language { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the next attempt is due. Alerts that are raised before the first one join the message.</summary>
    public DateTimeOffset DueAt { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>When the last attempt failed. Null while attempts are made. An administrator can start them again.</summary>
    public DateTimeOffset? GaveUpAt { get; set; }

    /// <summary>Why the last attempt failed. Null when none did.</summary>
    public LocalizedMessage? Error { get; set; }

    public List<OutboxAlert> Alerts { get; set; } = [];

    public int Version { get; set; }

    /// <summary>A mail without alerts that is due now.</summary>
    internal static OutboxMessage MailTo(string? userId, OutboxLetter letter, string? language, DateTimeOffset now) =>
        new()
        {
            Key = NewKey(),
            Channel = OutboxChannel.Mail,
            Letter = letter,
            UserId = userId,
            Language = language,
            CreatedAt = now,
            DueAt = now,
        };

    internal static string NewKey() => Guid.NewGuid().ToString("N");
}

/// <summary>An alert that a message contains.</summary>
public sealed class OutboxAlert
{
    public long MessageId { get; set; }

    public long AlertId { get; set; }

    public RaisedAlert Alert { get; set; } = default!;
}
