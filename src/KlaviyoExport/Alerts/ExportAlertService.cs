using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts;

/// <summary>A person who can be told about an export.</summary>
public sealed record AlertPerson(string Id, string Name);

/// <summary>The alerts of an export, for viewing or editing.</summary>
/// <param name="DefaultShare">The threshold of the installation, in percent.</param>
/// <param name="Owner">The name of the owner. Null when the owner was removed or is not known.</param>
/// <param name="Choices">The people who can be chosen, ordered by name. Only the chosen ones for a reader who may not change them.</param>
public sealed record ExportAlertsView(
    ExportAlerts Settings,
    double DefaultShare,
    string? Owner,
    IReadOnlyList<AlertPerson> Choices,
    bool MayEdit
);

/// <summary>The settings of the alerts of exports. Everybody may see them; whoever may edit the export may change them.</summary>
public sealed class ExportAlertService(IDbContextFactory<AppDb> stores, Audit audit)
{
    /// <exception cref="LocalizedException">The export does not exist.</exception>
    public async Task<ExportAlertsView> GetAsync(Actor actor, int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var export = await FindAsync(db, exportId, cancellationToken);
        var mayEdit = (await ExportAccess.ReadAsync(db, actor, cancellationToken)).MayEdit(export.ConnectionId);
        var settings =
            await db.Set<ExportAlerts>().AsNoTracking().SingleOrDefaultAsync(stored => stored.ExportId == exportId, cancellationToken)
            ?? new ExportAlerts { ExportId = exportId };
        var people = await db.Set<AppUser>()
            .OrderBy(user => user.DisplayName)
            .Select(user => new AlertPerson(user.Id, user.DisplayName))
            .ToListAsync(cancellationToken);
        var defaults = await db.Set<AlertSettings>().AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new AlertSettings();
        return new ExportAlertsView(
            settings,
            defaults.WarningShare,
            people.Find(person => person.Id == export.OwnerId)?.Name,
            mayEdit ? people : people.FindAll(person => settings.People.Contains(person.Id)),
            mayEdit
        );
    }

    /// <summary>Saves the settings.</summary>
    /// <param name="settings">As returned by <see cref="GetAsync"/> and then changed.</param>
    /// <exception cref="LocalizedException">The export does not exist, or the threshold is not from 0 to 100.</exception>
    /// <exception cref="ChangedMeanwhileException">Another person has changed the settings.</exception>
    public async Task SaveAsync(Actor actor, ExportAlerts settings, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var export = await FindAsync(db, settings.ExportId, cancellationToken);
        EditExports.Rule.Demand(actor, (await ExportAccess.ReadAsync(db, actor, cancellationToken)).MayEdit(export.ConnectionId));
        if (settings.WarningShare is { } share)
            WarningShares.Demand(share);
        var known = await db.Set<AppUser>()
            .Where(user => settings.People.Contains(user.Id))
            .Select(user => user.Id)
            .ToListAsync(cancellationToken);
        var stored = await db.Set<ExportAlerts>().SingleOrDefaultAsync(row => row.ExportId == settings.ExportId, cancellationToken);
        if (stored is null)
            db.Set<ExportAlerts>().Add(stored = new ExportAlerts { ExportId = settings.ExportId, Version = 1 });
        else if (stored.Version != settings.Version)
            throw new ChangedMeanwhileException();
        else
            db.Touch(stored);
        var either = stored.People.Concat(known).Distinct().ToList();
        var names = await db.Set<AppUser>()
            .Where(user => either.Contains(user.Id))
            .ToDictionaryAsync(user => user.Id, user => user.DisplayName, cancellationToken);
        var changes = new AuditChanges()
            .Add("IsMuted", stored.IsMuted, settings.IsMuted)
            .Add("WarningShare", stored.WarningShare, settings.WarningShare)
            .Add("TellsAdministrators", stored.TellsAdministrators, settings.TellsAdministrators)
            .Add("TellsOwner", stored.TellsOwner, settings.TellsOwner)
            .Add("People", stored.People.Where(names.ContainsKey).Select(id => names[id]), known.Select(id => names[id]))
            .ToMessage();
        (stored.IsMuted, stored.WarningShare) = (settings.IsMuted, settings.WarningShare);
        (stored.TellsAdministrators, stored.TellsOwner, stored.People) = (settings.TellsAdministrators, settings.TellsOwner, known);
        audit.Add(db, actor, "Alerts.ExportChanged", export.Name, detail: changes);
        await db.SaveAsync(cancellationToken);
    }

    private static async Task<Export> FindAsync(AppDb db, int exportId, CancellationToken cancellationToken) =>
        await db.Set<Export>().AsNoTracking().SingleOrDefaultAsync(export => export.Id == exportId, cancellationToken)
        ?? throw new LocalizedException(new LocalizedMessage("Exports.Gone"));
}
