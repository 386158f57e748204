using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts.Watching;

/// <summary>
/// Adds alerts to the messages of the outbox. Alerts of one window leave in one message for each receiver. The caller saves them.
/// </summary>
internal sealed class OutboxDrafts(AppDb db, TimeSpan window, DateTimeOffset now)
{
    private List<OutboxMessage>? _open;

    /// <summary>Adds an alert for one person or one webhook.</summary>
    public async Task AddAsync(RaisedAlert alert, string? userId, int? webhookId, CancellationToken cancellationToken)
    {
        _open ??= await db.Set<OutboxMessage>()
            .Where(message =>
                message.Letter == OutboxLetter.Alerts
                && message.Attempts == 0
                && message.SentAt == null
                && message.GaveUpAt == null
                && message.DueAt > now
            )
            .ToListAsync(cancellationToken);
        var message = _open.FirstOrDefault(message => message.UserId == userId && message.WebhookId == webhookId);
        if (message is null)
        {
            message = new OutboxMessage
            {
                Key = OutboxMessage.NewKey(),
                Channel = userId is null ? OutboxChannel.Webhook : OutboxChannel.Mail,
                UserId = userId,
                WebhookId = webhookId,
                CreatedAt = now,
                DueAt = now + window,
            };
            db.Set<OutboxMessage>().Add(message);
            _open.Add(message);
        }
        else if (db.Entry(message).State != EntityState.Added)
        {
            // The save fails when the message has been sent in the meantime without this alert. The next look adds it to a new message.
            db.Touch(message);
        }
        message.Alerts.Add(new OutboxAlert { Alert = alert });
    }

    /// <summary>Adds an alert to the bells of people.</summary>
    public void Notify(RaisedAlert alert, IEnumerable<string> userIds)
    {
        foreach (var userId in userIds)
            db.Set<AlertNotice>().Add(new AlertNotice { UserId = userId, Alert = alert });
    }
}
