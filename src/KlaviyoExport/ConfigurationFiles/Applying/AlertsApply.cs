using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Planning;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Applying;

/// <summary>Sets the alerts of the installation and of exports, and adds, changes and removes webhooks, as a file says.</summary>
internal sealed class AlertsApply(IDbContextFactory<AppDb> stores, AlertService alerts, ExportAlertService exports, WebhookService webhooks)
{
    public async Task SaveAsync(Actor actor, DeclaredAlerts wanted, CancellationToken cancellationToken)
    {
        var settings = await alerts.GetAsync(actor, cancellationToken);
        (settings.ByMail, settings.ByBell, settings.WarningShare) = (wanted.ByMail, wanted.ByBell, wanted.WarningShare);
        await alerts.SaveAsync(actor, settings, cancellationToken);
    }

    public async Task SaveAsync(Actor actor, int exportId, DeclaredExportAlerts wanted, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var people = await db.Set<AppUser>().AsNoTracking().ToListAsync(cancellationToken);
        var settings = (await exports.GetAsync(actor, exportId, cancellationToken)).Settings;
        (settings.IsMuted, settings.WarningShare) = (wanted.Muted, wanted.WarningShare);
        (settings.TellsAdministrators, settings.TellsOwner) = (wanted.Administrators, wanted.Owner);
        settings.People =
        [
            .. wanted.People.Select(name => WantedConfiguration.FindPerson(name.Text, people)).OfType<AppUser>().Select(user => user.Id),
        ];
        await exports.SaveAsync(actor, settings, cancellationToken);
    }

    public async Task SaveAsync(Actor actor, DeclaredWebhook wanted, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // The stored values stay when the variables are not set here.
        var (url, secret) = (ValueOf(wanted.Url), ValueOf(wanted.Secret));
        int id;
        if (await FindAsync(db, wanted.Name.Text, cancellationToken) is { } stored)
        {
            id = stored.Id;
            await webhooks.SaveAsync(
                actor,
                new WebhookChanges(id, url, wanted.Format, wanted.Secret is not null, secret, wanted.Enabled),
                cancellationToken
            );
        }
        else
        {
            id = await webhooks.AddAsync(
                actor,
                new NewWebhook(wanted.Name.Text, url ?? "", wanted.Format, secret) { IsOn = wanted.Enabled },
                cancellationToken
            );
        }
        await SecretNames.KeepAsync(db, SecretNames.OfWebhookUrl(id), wanted.Url, cancellationToken);
        await SecretNames.KeepAsync(db, SecretNames.OfWebhookSecret(id), wanted.Secret, cancellationToken);
    }

    public async Task RemoveAsync(Actor actor, string webhook, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, webhook, cancellationToken) is not { } stored)
            return;
        await webhooks.RemoveAsync(actor, stored.Id, cancellationToken);
        await SecretNames.KeepAsync(db, SecretNames.OfWebhookUrl(stored.Id), null, cancellationToken);
        await SecretNames.KeepAsync(db, SecretNames.OfWebhookSecret(stored.Id), null, cancellationToken);
    }

    private static string? ValueOf(SecretReference? reference) => reference?.Env is { } variable ? SecretNames.ValueOf(variable) : null;

    private static Task<AlertWebhook?> FindAsync(AppDb db, string name, CancellationToken cancellationToken) =>
        db.Set<AlertWebhook>().AsNoTracking().SingleOrDefaultAsync(webhook => webhook.Name == name, cancellationToken);
}
