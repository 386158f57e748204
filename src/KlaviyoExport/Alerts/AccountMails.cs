using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Alerts.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts;

/// <summary>
/// Tells people by mail that a way of signing in to their account was changed, so that they notice it when somebody else has done it.
/// </summary>
public sealed class AccountMails
{
    private readonly AlertSignal _signal;
    private readonly IOptions<MailOptions> _mail;
    private readonly TimeProvider _clock;

    internal AccountMails(AlertSignal signal, IOptions<MailOptions> mail, TimeProvider clock) =>
        (_signal, _mail, _clock) = (signal, mail, clock);

    /// <summary>Adds a mail, which is stored together with the change. Without a mail server, adds nothing.</summary>
    /// <param name="letter">What was changed.</param>
    public void Add(DbContext db, string userId, OutboxLetter letter)
    {
        if (!_mail.Value.IsConfigured)
            return;
        db.Add(OutboxMessage.MailTo(userId, letter, language: null, _clock.GetUtcNow()));
        db.SavedChanges += (_, _) => _signal.Wake();
    }
}
