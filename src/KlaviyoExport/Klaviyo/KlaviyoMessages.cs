namespace KlaviyoExport.Klaviyo;

/// <summary>Refusals and outages in words that say what to do.</summary>
public static class KlaviyoMessages
{
    public static LocalizedMessage For(KlaviyoRefusal refusal) =>
        refusal.Kind switch
        {
            KlaviyoRefusalKind.InvalidKey => new LocalizedMessage("Klaviyo.KeyRefused"),
            KlaviyoRefusalKind.MissingScope => new LocalizedMessage("Klaviyo.ScopeMissing", Said(refusal)),
            KlaviyoRefusalKind.RetiredRevision => new LocalizedMessage("Klaviyo.RevisionRetired"),
            KlaviyoRefusalKind.TooLarge => new LocalizedMessage("Klaviyo.TooLarge"),
            _ => new LocalizedMessage("Klaviyo.Refused", refusal.Status, Said(refusal)),
        };

    /// <summary>A refusal of a call about a list, which may mean that there is no such list.</summary>
    public static LocalizedMessage ForList(KlaviyoRefusal refusal, string listId) =>
        refusal.SaysListIsMissing ? new LocalizedMessage("Klaviyo.ListNotFound", listId) : For(refusal);

    public static LocalizedMessage For(KlaviyoUnavailableException outage) => new($"Klaviyo.Outage{outage.Reason}");

    /// <summary>
    /// Klaviyo's words without any address: they are seen by more people than addresses are, and like to quote what was sent.
    /// </summary>
    public static string Said(KlaviyoRefusal refusal) => refusal.Errors is [var first, ..] ? Redaction.WithoutAddresses(first.Detail) : "-";
}
