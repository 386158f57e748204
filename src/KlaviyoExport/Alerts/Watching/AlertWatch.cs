using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts.Watching;

/// <summary>
/// Compares what the store says with what people were told, and raises an alert for each change. The new states, the alerts and the
/// messages to send are stored in one transaction, so that a kill at any moment loses no alert and tells none twice.
/// </summary>
internal sealed class AlertWatch(
    IDbContextFactory<AppDb> stores,
    Findings findings,
    IOptions<AlertOptions> options,
    IOptions<MailOptions> mail,
    TimeProvider clock,
    ILogger<AlertWatch> logger
)
{
    /// <summary>Looks once. Several servers may look at the same time.</summary>
    /// <returns>The number of alerts that were raised.</returns>
    /// <exception cref="DbUpdateException">Another server raised alerts at the same time. Nothing was saved; look again.</exception>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        // The first look finds nothing new in most cases, and does not make other writers wait.
        await using (var db = await stores.CreateDbContextAsync(cancellationToken))
        {
            await FollowAsync(db, cancellationToken);
            if (!db.ChangeTracker.HasChanges())
                return 0;
        }
        await using (var db = await stores.CreateDbContextAsync(cancellationToken))
        {
            await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
            var raised = await FollowAsync(db, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (raised > 0)
                Log.Raised(logger, raised);
            return raised;
        }
    }

    private async Task<int> FollowAsync(AppDb db, CancellationToken cancellationToken)
    {
        var audience = await AlertAudience.ReadAsync(db, mail.Value, cancellationToken);
        var found = await findings.ReadAsync(db, audience, cancellationToken);
        var states = await db.Set<AlertState>().ToDictionaryAsync(state => (state.Topic, state.SubjectId), cancellationToken);
        db.Set<AlertState>().RemoveRange(states.Values.Where(state => !found.Subjects.Contains((state.Topic, state.SubjectId))));
        var outbox = new OutboxDrafts(db, options.Value.Window, clock.GetUtcNow());
        var raised = 0;
        foreach (var finding in found.All)
        {
            if (!states.TryGetValue((finding.Topic, finding.SubjectId), out var state))
            {
                states[(finding.Topic, finding.SubjectId)] = state = new AlertState
                {
                    Topic = finding.Topic,
                    SubjectId = finding.SubjectId,
                };
                db.Set<AlertState>().Add(state);
            }
            var isMuted = audience.IsMuted(finding.Topic, finding.SubjectId);
            if (!isMuted && finding.NewsAfter(state) is { } news)
            {
                await RaiseAsync(db, finding, news, state, audience, outbox, cancellationToken);
                raised++;
            }
            state.Occasion = finding.Occasion;
            // The state is what people were told last, so it does not change while nobody is told.
            if (!isMuted)
                state.Reason = finding.Reason;
        }
        return raised;
    }

    private async Task RaiseAsync(
        AppDb db,
        Finding finding,
        AlertReason news,
        AlertState state,
        AlertAudience audience,
        OutboxDrafts outbox,
        CancellationToken cancellationToken
    )
    {
        var alert = new RaisedAlert
        {
            At = clock.GetUtcNow(),
            Topic = finding.Topic,
            SubjectId = finding.SubjectId,
            Subject = finding.Subject,
            Sequence = ++state.Sequence,
            Reason = news,
            RecoveredFrom = news == AlertReason.Recovered ? state.Reason : null,
            RunId = finding.RunId,
            Why = finding.Why,
        };
        db.Set<RaisedAlert>().Add(alert);
        foreach (var userId in audience.ByMail(alert))
            await outbox.AddAsync(alert, userId, null, cancellationToken);
        foreach (var webhookId in audience.Webhooks)
            await outbox.AddAsync(alert, null, webhookId, cancellationToken);
        outbox.Notify(alert, audience.ByBell(alert));
    }
}
