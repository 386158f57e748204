using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport.Alerts.Webhooks;

/// <summary>Writes alerts in the format of a webhook. Each format is documented in docs/alerts.md.</summary>
internal sealed class WebhookPayload(string key, IReadOnlyList<RaisedAlert> alerts, CultureInfo culture, Func<string, Uri?> addressOf)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly JsonSerializerOptions Snake = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public byte[] In(WebhookFormat format) =>
        format switch
        {
            WebhookFormat.Slack => JsonSerializer.SerializeToUtf8Bytes(Slack(), Web),
            WebhookFormat.Teams => JsonSerializer.SerializeToUtf8Bytes(Teams(), Web),
            _ => JsonSerializer.SerializeToUtf8Bytes(Own(), Snake),
        };

    private object Own() =>
        new
        {
            Version = 1,
            Id = key,
            Alerts = alerts.Select(alert => new
            {
                alert.Id,
                Reason = NameOf(alert.Reason),
                RecoveredFrom = NameOf(alert.RecoveredFrom),
                At = alert.At.UtcDateTime,
                Subject = new
                {
                    Type = SubjectType(alert),
                    Id = alert.Topic == AlertTopic.Revision ? (int?)null : alert.SubjectId,
                    Name = alert.Subject,
                },
                alert.RunId,
                Title = Title(alert),
                Detail = alert.Detail(culture, culture),
                Url = addressOf(alert.Path()),
            }),
        };

    private object Slack() =>
        new
        {
            // Shown in notifications.
            text = Escaped(alerts is [var only] ? Title(only) : Many()),
            blocks = alerts.Select(alert => new
            {
                type = "section",
                text = new
                {
                    type = "mrkdwn",
                    text = string.Join('\n', new[] { $"*{Escaped(Title(alert))}*", SlackDetail(alert), SlackLink(alert) }.OfType<string>()),
                },
            }),
        };

    private object Teams() =>
        new
        {
            type = "message",
            attachments = new[]
            {
                new
                {
                    contentType = "application/vnd.microsoft.card.adaptive",
                    content = new Dictionary<string, object>
                    {
                        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                        ["type"] = "AdaptiveCard",
                        ["version"] = "1.4",
                        ["body"] = alerts.SelectMany(TeamsBlocks).ToList(),
                    },
                },
            },
        };

    private IEnumerable<Dictionary<string, object>> TeamsBlocks(RaisedAlert alert)
    {
        yield return new()
        {
            ["type"] = "TextBlock",
            ["text"] = Title(alert),
            ["weight"] = "Bolder",
            ["wrap"] = true,
            ["separator"] = true,
        };
        if (alert.Detail(culture, culture) is { } detail)
            yield return new()
            {
                ["type"] = "TextBlock",
                ["text"] = detail,
                ["wrap"] = true,
            };
        if (addressOf(alert.Path()) is { } url)
            yield return new()
            {
                ["type"] = "ActionSet",
                ["actions"] = new[]
                {
                    new Dictionary<string, object>
                    {
                        ["type"] = "Action.OpenUrl",
                        ["title"] = new LocalizedMessage("Alerts.Mail.Open").In(culture),
                        ["url"] = url.AbsoluteUri,
                    },
                },
            };
    }

    private string Title(RaisedAlert alert) => alert.Headline().In(culture);

    private string Many() => new LocalizedMessage("Alerts.Mail.SubjectMany", alerts.Count, alerts[0].Headline()).In(culture);

    private string? SlackDetail(RaisedAlert alert) => alert.Detail(culture, culture) is { } detail ? Escaped(detail) : null;

    private string? SlackLink(RaisedAlert alert) =>
        addressOf(alert.Path()) is { } url ? $"<{url.AbsoluteUri}|{Escaped(new LocalizedMessage("Alerts.Mail.Open").In(culture))}>" : null;

    private static string? NameOf(AlertReason? reason) =>
        reason is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) : null;

    private static string SubjectType(RaisedAlert alert) =>
        alert switch
        {
            { Reason: AlertReason.Test } => "test",
            { Topic: AlertTopic.Source } => "source",
            { Topic: AlertTopic.Connection } => "connection",
            { Topic: AlertTopic.Revision } => "klaviyo_revision",
            _ => "export",
        };

    /// <summary>The three characters that Slack gives a meaning.</summary>
    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
