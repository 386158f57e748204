using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts.Watching;

/// <summary>Who is told what, by the settings of the installation, of the exports and of the people.</summary>
internal sealed class AlertAudience
{
    private static readonly ExportAlerts Default = new();

    private readonly AlertSettings _settings;
    private readonly Dictionary<int, ExportAlerts> _exports;
    private readonly Dictionary<int, string?> _owners;
    private readonly Dictionary<string, AlertPreferences> _preferences;
    private readonly List<Recipient> _people;
    private readonly bool _hasMail;

    private AlertAudience(
        AlertSettings settings,
        Dictionary<int, ExportAlerts> exports,
        Dictionary<int, string?> owners,
        Dictionary<string, AlertPreferences> preferences,
        List<Recipient> people,
        List<int> webhooks,
        bool hasMail
    ) =>
        (_settings, _exports, _owners, _preferences, _people, Webhooks, _hasMail) = (
            settings,
            exports,
            owners,
            preferences,
            people,
            webhooks,
            hasMail
        );

    /// <summary>The ids of the webhooks that are on.</summary>
    public IReadOnlyList<int> Webhooks { get; }

    public static async Task<AlertAudience> ReadAsync(AppDb db, MailOptions mail, CancellationToken cancellationToken) =>
        new(
            await db.Set<AlertSettings>().AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new AlertSettings(),
            await db.Set<ExportAlerts>().AsNoTracking().ToDictionaryAsync(settings => settings.ExportId, cancellationToken),
            await db.Set<Export>().AsNoTracking().ToDictionaryAsync(export => export.Id, export => export.OwnerId, cancellationToken),
            await db.Set<AlertPreferences>().AsNoTracking().ToDictionaryAsync(preferences => preferences.UserId, cancellationToken),
            await db.Set<AppUser>()
                .Select(user => new Recipient(user.Id, user.Role, !string.IsNullOrEmpty(user.Email)))
                .ToListAsync(cancellationToken),
            await db.Set<AlertWebhook>()
                .Where(webhook => webhook.IsOn)
                .OrderBy(webhook => webhook.Id)
                .Select(webhook => webhook.Id)
                .ToListAsync(cancellationToken),
            mail.IsConfigured
        );

    /// <summary>Returns the threshold of an export for warnings, in percent.</summary>
    public double WarningShareOf(int exportId) => OfExport(exportId).WarningShare ?? _settings.WarningShare;

    /// <summary>Whether nobody is told anything about the subject.</summary>
    public bool IsMuted(AlertTopic topic, int subjectId) => topic.IsOfExport() && OfExport(subjectId).IsMuted;

    /// <summary>Returns the ids of the people who get an alert by mail.</summary>
    public IEnumerable<string> ByMail(RaisedAlert alert) =>
        _settings.ByMail && _hasMail
            ? PeopleFor(alert)
                .Where(person => person.HasAddress && Preferences(person)?.NotByMail.Contains(alert.Reason) != true)
                .Select(person => person.Id)
            : [];

    /// <summary>Returns the ids of the people who get an alert in the bell.</summary>
    public IEnumerable<string> ByBell(RaisedAlert alert) =>
        _settings.ByBell
            ? PeopleFor(alert).Where(person => Preferences(person)?.NotByBell.Contains(alert.Reason) != true).Select(person => person.Id)
            : [];

    private IEnumerable<Recipient> PeopleFor(RaisedAlert alert) =>
        _people.Where(person => IsFor(alert, person) && AlertRights.MaySee(person.Role, alert.Topic));

    private bool IsFor(RaisedAlert alert, Recipient person)
    {
        if (!alert.Topic.IsOfExport())
            return person.Role.IsAdministrator();
        var settings = OfExport(alert.SubjectId);
        return (settings.TellsAdministrators && person.Role.IsAdministrator())
            || (settings.TellsOwner && _owners.GetValueOrDefault(alert.SubjectId) == person.Id)
            || settings.People.Contains(person.Id);
    }

    private ExportAlerts OfExport(int exportId) => _exports.GetValueOrDefault(exportId, Default);

    private AlertPreferences? Preferences(Recipient person) => _preferences.GetValueOrDefault(person.Id);

    private sealed record Recipient(string Id, Role Role, bool HasAddress);
}
