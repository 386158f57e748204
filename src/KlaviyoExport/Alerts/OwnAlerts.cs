using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts;

/// <summary>What a person wants to be told.</summary>
/// <param name="Language">The language of mails. Null for the language of the installation.</param>
public sealed record OwnAlertSettings(IReadOnlyList<AlertReason> NotByMail, IReadOnlyList<AlertReason> NotByBell, string? Language);

/// <summary>Each person's own settings of alerts.</summary>
public sealed class OwnAlerts(IDbContextFactory<AppDb> stores, Audit audit, IOptions<MailOptions> mail)
{
    /// <summary>Whether a mail server is configured.</summary>
    public bool HasMail => mail.Value.IsConfigured;

    /// <summary>Returns the reasons that a person of the role can be told.</summary>
    public static IReadOnlyList<AlertReason> ReasonsFor(Role role) => AlertRights.ReasonsOf(role);

    public async Task<OwnAlertSettings> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var stored = await db.Set<AlertPreferences>().AsNoTracking().SingleOrDefaultAsync(row => row.UserId == actor.Id, cancellationToken);
        var language = await db.Set<AppUser>()
            .Where(user => user.Id == actor.Id)
            .Select(user => user.Language)
            .SingleOrDefaultAsync(cancellationToken);
        return new OwnAlertSettings(stored?.NotByMail ?? [], stored?.NotByBell ?? [], language);
    }

    public async Task SaveAsync(Actor actor, OwnAlertSettings settings, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var stored = await db.Set<AlertPreferences>().SingleOrDefaultAsync(row => row.UserId == actor.Id, cancellationToken);
        if (stored is null)
            db.Set<AlertPreferences>().Add(stored = new AlertPreferences { UserId = actor.Id });
        (stored.NotByMail, stored.NotByBell) = ([.. settings.NotByMail], [.. settings.NotByBell]);
        audit.Add(db, actor, "Alerts.OwnChanged");
        await SetLanguageAsync(db, actor.Id, settings.Language, cancellationToken);
        await db.SaveAsync(cancellationToken);
    }

    /// <summary>Stores the language that a person has chosen for the pages, for the mails too.</summary>
    public async Task SetLanguageAsync(string userId, string language, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await SetLanguageAsync(db, userId, language, cancellationToken);
    }

    private static Task<int> SetLanguageAsync(AppDb db, string userId, string? language, CancellationToken cancellationToken) =>
        db.Set<AppUser>()
            .Where(user => user.Id == userId)
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.Language, language), cancellationToken);
}
