using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts;

/// <summary>The outbox, as administrators see it.</summary>
/// <param name="Waiting">The number of messages that are not sent yet.</param>
/// <param name="Troubled">The messages whose last attempt failed, the latest first, at most 50.</param>
public sealed record OutboxView(int Waiting, IReadOnlyList<TroubledMessage> Troubled);

/// <summary>A message whose last attempt to be sent failed.</summary>
/// <param name="To">The name of the person or webhook.</param>
/// <param name="NextAt">The next attempt. Null when the message was given up.</param>
public sealed record TroubledMessage(
    long Id,
    OutboxChannel Channel,
    string To,
    DateTimeOffset CreatedAt,
    int Attempts,
    DateTimeOffset? NextAt,
    LocalizedMessage Error
);

/// <summary>The settings of alerts for the installation, and the outbox. For administrators.</summary>
public sealed class AlertService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly Audit _audit;
    private readonly LetterWriter _letters;
    private readonly Mailer _mailer;
    private readonly AlertSignal _signal;
    private readonly IOptions<MailOptions> _mail;
    private readonly TimeProvider _clock;

    internal AlertService(
        IDbContextFactory<AppDb> stores,
        Audit audit,
        LetterWriter letters,
        Mailer mailer,
        AlertSignal signal,
        IOptions<MailOptions> mail,
        TimeProvider clock
    ) => (_stores, _audit, _letters, _mailer, _signal, _mail, _clock) = (stores, audit, letters, mailer, signal, mail, clock);

    /// <summary>Whether a mail server is configured.</summary>
    public bool HasMail => _mail.Value.IsConfigured;

    public async Task<AlertSettings> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<AlertSettings>().AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new AlertSettings();
    }

    /// <summary>Saves the settings.</summary>
    /// <param name="settings">As returned by <see cref="GetAsync"/> and then changed.</param>
    /// <exception cref="LocalizedException">The threshold is not from 0 to 100.</exception>
    /// <exception cref="ChangedMeanwhileException">Another person has changed the settings.</exception>
    public async Task SaveAsync(Actor actor, AlertSettings settings, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        WarningShares.Demand(settings.WarningShare);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var changes = new AuditChanges();
        if (await db.Set<AlertSettings>().SingleOrDefaultAsync(cancellationToken) is { } stored)
        {
            Compare(changes, stored, settings);
            if (stored.Version != settings.Version)
                throw new ChangedMeanwhileException();
            (stored.ByMail, stored.ByBell, stored.WarningShare) = (settings.ByMail, settings.ByBell, settings.WarningShare);
            db.Touch(stored);
        }
        else
        {
            Compare(changes, new AlertSettings(), settings);
            db.Set<AlertSettings>()
                .Add(
                    new AlertSettings
                    {
                        ByMail = settings.ByMail,
                        ByBell = settings.ByBell,
                        WarningShare = settings.WarningShare,
                        Version = 1,
                    }
                );
        }
        _audit.Add(db, actor, "Alerts.SettingsChanged", detail: changes.ToMessage());
        await db.SaveAsync(cancellationToken);
    }

    /// <summary>Sends a mail to the person's own address, now and once.</summary>
    /// <returns>What the mail server answered, or why the mail was not sent.</returns>
    /// <exception cref="LocalizedException">No mail server is configured, or the person has no address.</exception>
    public async Task<SendResult> TestMailAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        if (!HasMail)
            throw new LocalizedException(new LocalizedMessage("Alerts.NoMail"));
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var person = await db.Set<AppUser>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == actor.Id, cancellationToken);
        if (string.IsNullOrEmpty(person?.Email))
            throw new LocalizedException(new LocalizedMessage("Alerts.NoAddress"));
        var culture = (await ReaderCultures.ReadAsync(db, cancellationToken)).Of(person.Language);
        _audit.Add(db, actor, "Alerts.MailTested");
        await db.SaveChangesAsync(cancellationToken);
        return await _mailer.SendAsync(_letters.Test(person, culture), cancellationToken);
    }

    private static void Compare(AuditChanges changes, AlertSettings before, AlertSettings after) =>
        changes
            .Add("ByMail", before.ByMail, after.ByMail)
            .Add("ByBell", before.ByBell, after.ByBell)
            .Add("WarningShare", before.WarningShare, after.WarningShare);

    public async Task<OutboxView> OutboxAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var unsent = db.Set<OutboxMessage>().AsNoTracking().Where(message => message.SentAt == null);
        var troubled = await unsent
            .Where(message => message.Error != null)
            .OrderByDescending(message => message.Id)
            .Take(50)
            .Select(message => new
            {
                Message = message,
                To = db.Set<AppUser>().Where(user => user.Id == message.UserId).Select(user => user.DisplayName).FirstOrDefault()
                    ?? db.Set<AlertWebhook>()
                        .Where(webhook => webhook.Id == message.WebhookId)
                        .Select(webhook => webhook.Name)
                        .FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return new OutboxView(
            await unsent.CountAsync(message => message.GaveUpAt == null, cancellationToken),
            [
                .. troubled.Select(row => new TroubledMessage(
                    row.Message.Id,
                    row.Message.Channel,
                    row.To ?? "",
                    row.Message.CreatedAt,
                    row.Message.Attempts,
                    row.Message.GaveUpAt is null ? row.Message.DueAt : null,
                    row.Message.Error!
                )),
            ]
        );
    }

    /// <summary>Starts the attempts to send a message again. Does nothing when it is sent.</summary>
    public async Task SendAgainAsync(Actor actor, long messageId, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var again = await db.Set<OutboxMessage>()
            .Where(message => message.Id == messageId && message.SentAt == null && message.Error != null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(message => message.Attempts, 0)
                        .SetProperty(message => message.GaveUpAt, (DateTimeOffset?)null)
                        .SetProperty(message => message.DueAt, now)
                        .SetProperty(message => message.Version, message => message.Version + 1),
                cancellationToken
            );
        if (again > 0)
            _audit.Add(db, actor, "Alerts.SentAgain");
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _signal.Wake();
    }
}
