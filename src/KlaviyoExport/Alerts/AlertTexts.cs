using System.Globalization;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Alerts;

/// <summary>The texts of alerts, and the pages that they lead to.</summary>
public static class AlertTexts
{
    /// <summary>Returns what happened, in one short sentence that names the subject.</summary>
    public static LocalizedMessage Headline(this RaisedAlert alert) =>
        alert.RecoveredFrom is { } over
            ? new LocalizedMessage($"Alerts.Recovered.{over}", alert.Subject)
            : new LocalizedMessage($"Alerts.Headline.{alert.Reason}", alert.Subject);

    /// <summary>Returns the stored message of the run, source or connection. Null when there is none. Contains no addresses.</summary>
    public static string? Detail(this RaisedAlert alert, CultureInfo language, CultureInfo formats) =>
        alert.Why is { } why ? Redaction.WithoutAddresses(why.Format(language, formats)) : null;

    /// <summary>Returns the path of the page, without a slash at its start.</summary>
    public static string Path(this RaisedAlert alert) =>
        alert switch
        {
            { Reason: AlertReason.Test } => "system/alerts",
            { RunId: { } runId } => Invariant($"runs/{runId}"),
            { Topic: AlertTopic.Source } => Invariant($"sources/{alert.SubjectId}"),
            { Topic: AlertTopic.Connection } => Invariant($"connections/{alert.SubjectId}"),
            { Topic: AlertTopic.Revision } => "system/about",
            _ => Invariant($"exports/{alert.SubjectId}"),
        };

    /// <summary>Returns the name of a reason, for a list of settings.</summary>
    public static LocalizedMessage Name(this AlertReason reason) => new($"Alerts.Reason.{reason}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
