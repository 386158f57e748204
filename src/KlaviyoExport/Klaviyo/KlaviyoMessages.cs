namespace KlaviyoExport.Klaviyo;

/// <summary>Creates messages for people from refusals and outages. A message says what happened and what to do.</summary>
public static class KlaviyoMessages
{
    /// <summary>Returns the message for a refusal.</summary>
    public static LocalizedMessage For(KlaviyoRefusal refusal) =>
        refusal.Kind switch
        {
            KlaviyoRefusalKind.InvalidKey => new LocalizedMessage("Klaviyo.KeyRefused"),
            KlaviyoRefusalKind.MissingScope => new LocalizedMessage("Klaviyo.ScopeMissing", Said(refusal)),
            KlaviyoRefusalKind.RetiredRevision => new LocalizedMessage("Klaviyo.RevisionRetired"),
            KlaviyoRefusalKind.TooLarge => new LocalizedMessage("Klaviyo.TooLarge"),
            _ => new LocalizedMessage("Klaviyo.Refused", refusal.Status, Said(refusal)),
        };

    /// <summary>Returns the message for a refusal of a call about a list. The reason may be that the list does not exist.</summary>
    public static LocalizedMessage ForList(KlaviyoRefusal refusal, string listId) =>
        refusal.IsListMissing ? new LocalizedMessage("Klaviyo.ListNotFound", listId) : For(refusal);

    /// <summary>Returns the message for an outage.</summary>
    public static LocalizedMessage For(KlaviyoUnavailableException outage) => new($"Klaviyo.Outage{outage.Reason}");

    /// <summary>
    /// Returns the detail of Klaviyo's first error without email addresses, or "-" when there is no error. The detail may quote the
    /// request, and people who may not see email addresses can read the message.
    /// </summary>
    public static string Said(KlaviyoRefusal refusal) => refusal.Errors is [var first, ..] ? Redaction.WithoutAddresses(first.Detail) : "-";
}
