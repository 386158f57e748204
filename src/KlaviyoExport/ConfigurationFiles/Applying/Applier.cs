using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Planning;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.ConfigurationFiles.Applying;

/// <summary>
/// Makes the changes of a plan, one after the other, through the services that people use, with their rules and their audit. It stops at
/// the first change that fails; those before it stay, and applying the file again goes on there.
/// </summary>
internal sealed class Applier(
    ConnectionApply connections,
    SourceApply sources,
    SegmentApply segments,
    ExportApply exports,
    AlertsApply alerts,
    RefreshService refresh,
    ILogger<Applier> logger
)
{
    public async Task<IReadOnlyList<ChangeResult>> ApplyAsync(
        Actor actor,
        PlannedConfiguration planned,
        bool prune,
        CancellationToken cancellationToken
    )
    {
        var results = new List<ChangeResult>();
        foreach (var change in planned.Changes)
        {
            if (results.Exists(result => result.Outcome == ChangeOutcome.Failed))
                results.Add(new ChangeResult(change, ChangeOutcome.NotReached, new LocalizedMessage("ConfigurationFiles.NotReached")));
            else if (change.NeedsPrune && !prune)
                results.Add(Withheld(change));
            else
                results.Add(await TryAsync(actor, planned.Wanted, change, cancellationToken));
        }
        return results;
    }

    private static ChangeResult Withheld(ConfigurationChange change)
    {
        if (change.Loss is { } loss)
            return new ChangeResult(
                change,
                change.Kind == ConfigurationChangeKind.Remove ? ChangeOutcome.Kept : ChangeOutcome.Refused,
                new LocalizedMessage("ConfigurationFiles.WouldLose", change.Name, loss.Runs, loss.Rejections, loss.Memberships)
            );
        return new ChangeResult(change, ChangeOutcome.Kept, new LocalizedMessage("ConfigurationFiles.Kept", change.Name));
    }

    private async Task<ChangeResult> TryAsync(
        Actor actor,
        ConfigurationDocument wanted,
        ConfigurationChange change,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await (
                change.Kind == ConfigurationChangeKind.Remove
                    ? RemoveAsync(actor, change, cancellationToken)
                    : SaveAsync(actor, wanted, change, cancellationToken)
            );
            return new ChangeResult(change, ChangeOutcome.Applied, null);
        }
        catch (LocalizedException refused)
        {
            return new ChangeResult(change, ChangeOutcome.Failed, refused.LocalizedMessage);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            Log.StoreBusy(logger, fault);
            return new ChangeResult(change, ChangeOutcome.Failed, new LocalizedMessage("ConfigurationFiles.StoreBusy"));
        }
    }

    private Task SaveAsync(Actor actor, ConfigurationDocument wanted, ConfigurationChange change, CancellationToken cancellationToken) =>
        change.Item switch
        {
            ConfigurationItem.Connection => connections.SaveAsync(
                actor,
                wanted.Connections!.Single(item => item.Name.Text == change.Name),
                change,
                cancellationToken
            ),
            ConfigurationItem.Source => sources.SaveAsync(
                actor,
                wanted.Sources!.Single(item => item.Name.Text == change.Name),
                change,
                cancellationToken
            ),
            ConfigurationItem.Segment => segments.SaveAsync(
                actor,
                wanted.Segments!.Single(item => item.Name.Text == change.Name),
                cancellationToken
            ),
            ConfigurationItem.Export => exports.SaveAsync(
                actor,
                wanted.Exports!.Single(item => item.Name.Text == change.Name),
                change,
                cancellationToken
            ),
            ConfigurationItem.Alerts => alerts.SaveAsync(actor, wanted.Alerts!, cancellationToken),
            ConfigurationItem.Webhook => alerts.SaveAsync(
                actor,
                wanted.Alerts!.Webhooks!.Single(item => item.Name.Text == change.Name),
                cancellationToken
            ),
            _ => PlanRefreshAsync(actor, wanted.SystemRefresh!, cancellationToken),
        };

    private Task RemoveAsync(Actor actor, ConfigurationChange change, CancellationToken cancellationToken) =>
        change.Item switch
        {
            ConfigurationItem.Connection => connections.RemoveAsync(actor, change.Name, cancellationToken),
            ConfigurationItem.Source => sources.RemoveAsync(actor, change.Name, cancellationToken),
            ConfigurationItem.Segment => segments.RemoveAsync(actor, change.Name, cancellationToken),
            ConfigurationItem.Webhook => alerts.RemoveAsync(actor, change.Name, cancellationToken),
            _ => exports.RemoveAsync(actor, change.Name, cancellationToken),
        };

    private async Task PlanRefreshAsync(Actor actor, DeclaredRefresh wanted, CancellationToken cancellationToken)
    {
        var plan = await refresh.GetPlanAsync(actor, cancellationToken);
        (plan.IsOn, plan.Recurrence) = (wanted.Enabled, wanted.Times);
        await refresh.SavePlanAsync(actor, plan, cancellationToken);
    }
}
