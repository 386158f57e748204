using KlaviyoExport.Alerts;
using KlaviyoExport.ConfigurationFiles.Shapes;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of alerts in a file.</summary>
internal static class AlertShapes
{
    private static readonly NumberShape Percent = new(0, 100);

    public static ItemShape<DeclaredWebhook> Webhook { get; } =
        new ItemShape<DeclaredWebhook>("webhook", new DeclaredWebhook())
        {
            Check = (webhook, map, faults) =>
            {
                if (webhook.Format == WebhookFormat.Json && webhook.Secret is null)
                    faults.Add(map.At, "ConfigurationFiles.KeyMissing", "secret");
                return webhook;
            },
        }
            .With(
                "name",
                "The unique name of the webhook.",
                new NameShape(),
                item => item.Name,
                (item, value) => item with { Name = value },
                isRequired: true
            )
            .With(
                "url",
                "Where the address is: https, or http on the same machine. The address itself is never in a file.",
                SecretShapes.Variable,
                item => item.Url,
                (item, value) => item with { Url = value },
                isRequired: true
            )
            .With(
                "format",
                "The format of the requests. Default: json.",
                ChoiceShape.Of<WebhookFormat>(),
                item => item.Format,
                (item, value) => item with { Format = value }
            )
            .WithOptional(
                "secret",
                "Where the key of the signature is, at least 16 characters. Needed for json.",
                SecretShapes.Variable,
                item => item.Secret,
                (item, value) => item with { Secret = value }
            )
            .With(
                "enabled",
                "Whether alerts are posted. Default: true.",
                new YesNoShape(),
                item => item.Enabled,
                (item, value) => item with { Enabled = value }
            );

    /// <summary>The settings without the webhooks, which are items of their own.</summary>
    public static ItemShape<DeclaredAlerts> Settings { get; } = Create();

    public static ItemShape<DeclaredAlerts> Alerts { get; } =
        Create()
            .WithOptional(
                "webhooks",
                "The addresses to which all alerts are posted. Default: as they are.",
                new ListShape<DeclaredWebhook>(Webhook) { NameOf = item => item.Name, SortedBy = item => item.Name.Text },
                item => item.Webhooks,
                (item, value) => item with { Webhooks = value }
            );

    public static ItemShape<DeclaredExportAlerts> OfExport { get; } =
        new ItemShape<DeclaredExportAlerts>("exportAlerts", new DeclaredExportAlerts())
            .With(
                "muted",
                "Whether nobody is told anything about the export. Default: false.",
                new YesNoShape(),
                item => item.Muted,
                (item, value) => item with { Muted = value }
            )
            .WithOptional(
                "warningShare",
                "The percentage for the runs of this export. Default: that of the installation.",
                Percent,
                item => item.WarningShare,
                (item, value) => item with { WarningShare = value }
            )
            .With(
                "administrators",
                "Whether administrators are told. Default: true.",
                new YesNoShape(),
                item => item.Administrators,
                (item, value) => item with { Administrators = value }
            )
            .With(
                "owner",
                "Whether the owner of the export is told. Default: true.",
                new YesNoShape(),
                item => item.Owner,
                (item, value) => item with { Owner = value }
            )
            .With(
                "people",
                "The email addresses with which further people who are told sign in.",
                new ListShape<ItemName>(new NameShape()) { SortedBy = name => name.Text, NameOf = name => name },
                item => item.People,
                (item, value) => item with { People = value }
            );

    private static ItemShape<DeclaredAlerts> Create() =>
        new ItemShape<DeclaredAlerts>("alerts", new DeclaredAlerts())
            .With(
                "byMail",
                "Whether alerts are sent by mail, where a mail server is configured. Default: true.",
                new YesNoShape(),
                item => item.ByMail,
                (item, value) => item with { ByMail = value }
            )
            .With(
                "byBell",
                "Whether alerts are shown in the bell. Default: true.",
                new YesNoShape(),
                item => item.ByBell,
                (item, value) => item with { ByBell = value }
            )
            .With(
                "warningShare",
                "The percentage of prepared profiles that may be refused or not confirmed before a run with warnings is told. Default: 5.",
                Percent,
                item => item.WarningShare,
                (item, value) => item with { WarningShare = value }
            );
}
