namespace KlaviyoExport.Exports;

/// <summary>
/// Which members of the segments an export sends, by what Klaviyo knows about them. The product asks Klaviyo about every deliverable member
/// before each run, and never changes what it finds.
/// </summary>
public sealed record Audience
{
    /// <summary>Every deliverable member, as in exports that were saved before there were audiences.</summary>
    public static Audience Everyone { get; } = new();

    /// <summary>Whether only people are sent who have a profile in Klaviyo. The export creates no new billable profile.</summary>
    public bool UpdateOnly { get; init; }

    /// <summary>Whether only people are sent who have subscribed to email marketing.</summary>
    public bool OnlySubscribed { get; init; }

    /// <summary>
    /// Whether people are left out to whom Klaviyo sends no marketing email: unsubscribed, bounced, reported as spam, or suppressed by a
    /// user of the account. People without a profile in Klaviyo are not suppressed.
    /// </summary>
    public bool LeaveOutSuppressed { get; init; }

    /// <summary>Whether anybody can be left out, so that Klaviyo must be asked.</summary>
    public bool IsLimited => UpdateOnly || OnlySubscribed || LeaveOutSuppressed;
}
