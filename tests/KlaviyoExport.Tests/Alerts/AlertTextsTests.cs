using System.Globalization;
using KlaviyoExport.Alerts;
using KlaviyoExport.People;

namespace KlaviyoExport.Tests.Alerts;

public sealed class AlertTextsTests
{
    private static readonly AlertReason[] Bad =
    [
        .. Enum.GetValues<AlertReason>().Where(reason => reason is not (AlertReason.Recovered or AlertReason.Test)),
    ];

    [Theory]
    [InlineData("en")]
    [InlineData("sr-Cyrl")]
    [InlineData("ca")]
    public void Every_reason_has_its_sentences_with_the_name_of_the_subject(string language)
    {
        var culture = CultureInfo.GetCultureInfo(language);
        var alerts = Bad.Append(AlertReason.Test)
            .Select(reason => Alert(reason, null))
            .Concat(Bad.Select(reason => Alert(AlertReason.Recovered, reason)))
            .ToList();

        Assert.All(alerts, alert => Assert.Contains("Newsletter", alert.Headline().In(culture), StringComparison.Ordinal));
        Assert.Equal(alerts.Count, alerts.Select(alert => alert.Headline().In(culture)).Distinct().Count());
        Assert.All(OwnAlerts.ReasonsFor(Role.Administrator), reason => Assert.NotEmpty(reason.Name().In(culture)));
    }

    [Theory]
    [InlineData(AlertTopic.Runs, 7, "runs/7")]
    [InlineData(AlertTopic.Schedule, null, "exports/3")]
    [InlineData(AlertTopic.Source, null, "sources/3")]
    [InlineData(AlertTopic.Connection, null, "connections/3")]
    [InlineData(AlertTopic.Revision, null, "system/about")]
    public void An_alert_leads_to_the_page_where_something_can_be_done(AlertTopic topic, int? runId, string path)
    {
        var alert = Alert(AlertReason.RunFailed, null);
        (alert.Topic, alert.RunId) = (topic, runId);

        Assert.Equal(path, alert.Path());
    }

    private static RaisedAlert Alert(AlertReason reason, AlertReason? over) =>
        new()
        {
            Subject = "Newsletter",
            SubjectId = 3,
            Reason = reason,
            RecoveredFrom = over,
        };
}
