using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts;

/// <summary>
/// Sends people the links with which they set a password. The outbox keeps who gets a mail and not the link, which is made when the mail
/// is sent.
/// </summary>
public sealed class PasswordMails
{
    /// <summary>The time in which a person gets at most one link that nobody but the person asked for.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly Audit _audit;
    private readonly AlertSignal _signal;
    private readonly IOptions<MailOptions> _mail;
    private readonly IOptions<LocalAccountsOptions> _local;
    private readonly TimeProvider _clock;

    internal PasswordMails(
        IDbContextFactory<AppDb> stores,
        Audit audit,
        AlertSignal signal,
        IOptions<MailOptions> mail,
        IOptions<LocalAccountsOptions> local,
        TimeProvider clock
    ) => (_stores, _audit, _signal, _mail, _local, _clock) = (stores, audit, signal, mail, local, clock);

    /// <summary>Whether links can be mailed: a mail server is configured, and people may have passwords.</summary>
    public bool CanSend => _mail.Value.IsConfigured && _local.Value.Enabled;

    /// <summary>Sends a person a link: an invitation to a person who cannot sign in yet, else a link for a new password.</summary>
    /// <param name="language">The language of the mail for a person who has not chosen one.</param>
    /// <exception cref="LocalizedException">The person does not exist, or links cannot be mailed.</exception>
    public async Task SendAsync(Actor actor, string userId, string language, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        if (!CanSend)
            throw new LocalizedException(new LocalizedMessage("Alerts.NoMail"));
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var person =
            await db.Set<AppUser>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId, cancellationToken)
            ?? throw new LocalizedException(new LocalizedMessage("People.Gone"));
        var isNew =
            person.PasswordHash is null
            && !await db.Set<IdentityUserLogin<string>>().AnyAsync(login => login.UserId == userId, cancellationToken);
        Add(db, userId, isNew ? OutboxLetter.Invitation : OutboxLetter.PasswordReset, language);
        _audit.Add(db, actor, "People.LinkMailed", person.DisplayName);
        await db.SaveAsync(cancellationToken);
        _signal.Wake();
    }

    /// <summary>
    /// Sends a link to the person with an address, if there is one. The caller is not signed in and learns nothing: for an unknown address,
    /// and for a person who got a link in the last five minutes, a message to nobody is stored, which takes as long and is dropped.
    /// </summary>
    public async Task ForgottenAsync(string email, string language, CancellationToken cancellationToken)
    {
        if (!CanSend)
            return;
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var normalized = Normalizer.NormalizeEmail(email.Trim());
        var since = _clock.GetUtcNow() - Pause;
        var userId = await db.Set<AppUser>()
            .Where(user =>
                user.NormalizedEmail == normalized
                && !db.Set<OutboxMessage>()
                    .Any(message => message.UserId == user.Id && message.Letter == OutboxLetter.PasswordReset && message.CreatedAt > since)
            )
            .Select(user => user.Id)
            .FirstOrDefaultAsync(cancellationToken);
        Add(db, userId, OutboxLetter.PasswordReset, language);
        await db.SaveAsync(cancellationToken);
        _signal.Wake();
    }

    private void Add(AppDb db, string? userId, OutboxLetter letter, string language) =>
        db.Set<OutboxMessage>().Add(OutboxMessage.MailTo(userId, letter, language, _clock.GetUtcNow()));
}
