using KlaviyoExport.Data;

namespace KlaviyoExport.Alerts;

/// <summary>The format of the requests to a webhook.</summary>
public enum WebhookFormat
{
    /// <summary>The product's own JSON; see docs/alerts.md.</summary>
    Json,

    /// <summary>An incoming webhook of Slack, or of a service that accepts the same.</summary>
    Slack,

    /// <summary>A workflow of Microsoft Teams that posts adaptive cards.</summary>
    Teams,
}

/// <summary>Provides the names of the formats, which are the same in every language.</summary>
internal static class WebhookFormatNames
{
    public static string Name(this WebhookFormat format) =>
        format switch
        {
            WebhookFormat.Json => "JSON",
            WebhookFormat.Teams => "Microsoft Teams",
            _ => format.ToString(),
        };
}

/// <summary>An address to which all alerts are posted.</summary>
public sealed class AlertWebhook : IVersioned
{
    public int Id { get; set; }

    /// <summary>The unique display name.</summary>
    public required string Name { get; set; }

    /// <summary>The address, encrypted: the addresses of Slack and Teams are secrets.</summary>
    public required byte[] Url { get; set; }

    /// <summary>The host of the address, which may be shown.</summary>
    public required string Host { get; set; }

    public WebhookFormat Format { get; set; }

    /// <summary>The secret of the signature, encrypted. Null when requests are not signed.</summary>
    public byte[]? Secret { get; set; }

    public bool IsOn { get; set; } = true;

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public int Version { get; set; }
}
