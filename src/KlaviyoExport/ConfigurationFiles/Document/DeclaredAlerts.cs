using KlaviyoExport.Alerts;
using KlaviyoExport.ConfigurationFiles.Shapes;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The alerts of the installation in a configuration file.</summary>
internal sealed record DeclaredAlerts
{
    private static readonly AlertSettings Default = new();

    public bool ByMail { get; init; } = Default.ByMail;

    public bool ByBell { get; init; } = Default.ByBell;

    /// <summary>In percent, from 0 to 100.</summary>
    public double WarningShare { get; init; } = Default.WarningShare;

    /// <summary>Null when the webhooks are left alone.</summary>
    public IReadOnlyList<DeclaredWebhook>? Webhooks { get; init; }

    public static DeclaredAlerts Of(AlertSettings settings, IReadOnlyList<DeclaredWebhook> webhooks) =>
        new()
        {
            ByMail = settings.ByMail,
            ByBell = settings.ByBell,
            WarningShare = settings.WarningShare,
            Webhooks = webhooks,
        };
}

/// <summary>A webhook in a configuration file.</summary>
internal sealed record DeclaredWebhook
{
    public ItemName Name { get; init; }

    /// <summary>Where the address is. It is a secret, because whoever knows an address of Slack or Teams can post there.</summary>
    public SecretReference Url { get; init; } = new();

    public WebhookFormat Format { get; init; }

    /// <summary>Where the key of the signature is. Null when requests are not signed.</summary>
    public SecretReference? Secret { get; init; }

    public bool Enabled { get; init; } = true;
}

/// <summary>The alerts of an export in a configuration file.</summary>
internal sealed record DeclaredExportAlerts
{
    private static readonly ExportAlerts Default = new();

    public bool Muted { get; init; } = Default.IsMuted;

    /// <summary>In percent, from 0 to 100. Null for the value of the installation.</summary>
    public double? WarningShare { get; init; }

    public bool Administrators { get; init; } = Default.TellsAdministrators;

    public bool Owner { get; init; } = Default.TellsOwner;

    /// <summary>The email addresses with which further people who are told sign in.</summary>
    public IReadOnlyList<ItemName> People { get; init; } = [];

    /// <param name="settings">The stored settings.</param>
    /// <param name="people">The names of all people by their ids. Who is not there any more is left out.</param>
    public static DeclaredExportAlerts Of(ExportAlerts settings, IReadOnlyDictionary<string, string> people) =>
        new()
        {
            Muted = settings.IsMuted,
            WarningShare = settings.WarningShare,
            Administrators = settings.TellsAdministrators,
            Owner = settings.TellsOwner,
            People = [.. settings.People.Where(people.ContainsKey).Select(id => (ItemName)people[id])],
        };
}
