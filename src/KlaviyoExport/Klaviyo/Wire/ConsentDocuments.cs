namespace KlaviyoExport.Klaviyo.Wire;

// The attributes of a profile that additional-fields[profile]=subscriptions adds. Klaviyo leaves out channels without a subscription.

internal sealed record ConsentAttributes(string? Email = null, Subscriptions? Subscriptions = null);

internal sealed record Subscriptions(EmailChannel? Email = null);

internal sealed record EmailChannel(EmailMarketing? Marketing = null);

internal sealed record EmailMarketing(
    string? Consent = null,
    DateTimeOffset? ConsentTimestamp = null,
    IReadOnlyList<Suppression>? Suppression = null,
    IReadOnlyList<Suppression>? ListSuppressions = null
);

internal sealed record Suppression(string Reason, DateTimeOffset? Timestamp = null, string? ListId = null);
