using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Alerts.Sending;

/// <summary>
/// Sends the messages of the outbox that are due. An attempt is stored before it begins, so that no other server makes it too. When the
/// process is killed between the receiver's answer and the storing of the result, the message is sent again, with the same id.
/// </summary>
internal sealed class OutboxSender(
    IDbContextFactory<AppDb> stores,
    LetterWriter letters,
    Mailer mailer,
    WebhookPoster webhooks,
    OutboxMeter meter,
    TimeProvider clock,
    ILogger<OutboxSender> logger
)
{
    /// <summary>The time after which an attempt without a stored result is made again. Longer than any attempt takes.</summary>
    internal static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);

    private const int AtOnce = 100;

    private const int InParallel = 8;

    /// <summary>Sends what is due.</summary>
    /// <returns>When the next message is due. Null when the outbox is empty.</returns>
    public async Task<DateTimeOffset?> SendDueAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Due> due;
        do
        {
            due = await DueAsync(cancellationToken);
            // A receiver that does not answer must not make the others wait. Each receiver gets its messages in their order.
            await Parallel.ForEachAsync(
                due.GroupBy(message => (message.UserId, message.WebhookId)),
                new ParallelOptions { MaxDegreeOfParallelism = InParallel, CancellationToken = cancellationToken },
                async (messages, cancellation) =>
                {
                    foreach (var next in messages)
                        if (await ClaimAsync(next.Id, cancellation) is { } message)
                            await AttemptAsync(message, cancellation);
                }
            );
        } while (due.Count == AtOnce);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var open = Open(db);
        meter.Backlog = await open.CountAsync(cancellationToken);
        return await open.MinAsync(message => (DateTimeOffset?)message.DueAt, cancellationToken);
    }

    private static IQueryable<OutboxMessage> Open(AppDb db) =>
        db.Set<OutboxMessage>().Where(message => message.SentAt == null && message.GaveUpAt == null);

    private async Task<IReadOnlyList<Due>> DueAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return await Open(db)
            .Where(message => message.DueAt <= now)
            .OrderBy(message => message.DueAt)
            .ThenBy(message => message.Id)
            .Take(AtOnce)
            .Select(message => new Due(message.Id, message.UserId, message.WebhookId))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Begins an attempt. From now on no alert joins the message.</summary>
    /// <returns>The message. Null when another server was faster.</returns>
    private async Task<OutboxMessage?> ClaimAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var again = now + Hold;
        var claimed = await Open(db)
            .Where(message => message.Id == id && message.DueAt <= now)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(message => message.Attempts, message => message.Attempts + 1)
                        .SetProperty(message => message.DueAt, again)
                        .SetProperty(message => message.Version, message => message.Version + 1),
                cancellationToken
            );
        return claimed == 0
            ? null
            : await db.Set<OutboxMessage>()
                .AsNoTracking()
                .Include(message => message.Alerts)
                    .ThenInclude(content => content.Alert)
                .SingleOrDefaultAsync(message => message.Id == id, cancellationToken);
    }

    private async Task AttemptAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var result = await SendAsync(message, cancellationToken);
        if (result is null)
        {
            await DropAsync(message.Id, cancellationToken);
            return;
        }
        var now = clock.GetUtcNow();
        var pause = result.IsSent ? null : Backoff.After(message.Attempts);
        var (sentAt, gaveUpAt) = (
            result.IsSent ? now : (DateTimeOffset?)null,
            result.IsSent || pause is not null ? (DateTimeOffset?)null : now
        );
        var dueAt = now + (pause ?? TimeSpan.Zero);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await Open(db)
            .Where(stored => stored.Id == message.Id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(stored => stored.SentAt, sentAt)
                        .SetProperty(stored => stored.GaveUpAt, gaveUpAt)
                        .SetProperty(stored => stored.DueAt, dueAt)
                        .SetProperty(stored => stored.Error, result.Fault)
                        .SetProperty(stored => stored.Version, stored => stored.Version + 1),
                cancellationToken
            );
        if (gaveUpAt is not null)
            Log.GaveUp(logger, message.Key, message.Channel, message.Attempts, result.Fault!.ToString());
        else if (!result.IsSent)
            Log.NotSent(logger, message.Key, message.Channel, message.Attempts, dueAt, result.Fault!.ToString());
    }

    /// <returns>Null when there is nobody to tell any more.</returns>
    private async Task<SendResult?> SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        if (message.Channel == OutboxChannel.Webhook)
            return await webhooks.PostAsync(message, cancellationToken);
        return await letters.WriteAsync(message, cancellationToken) is { } letter
            ? await mailer.SendAsync(letter, cancellationToken)
            : null;
    }

    private async Task DropAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<OutboxMessage>().Where(message => message.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    private readonly record struct Due(long Id, string? UserId, int? WebhookId);
}
