using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Pages.Start;

/// <summary>Reads the steps from an empty installation to a nightly export, and which of them are done.</summary>
internal sealed class FirstSteps(IDbContextFactory<AppDb> stores, IOptions<MailOptions> mail)
{
    /// <returns>The steps in order. Empty for people who cannot define segments.</returns>
    public async Task<FirstStepsView> ForAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!DefineSegments.Rule.Allows(actor))
            return new([], IsHidden: false);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var first = await db.Set<Export>()
            .OrderBy(export => export.Id)
            .Select(export => (int?)export.Id)
            .FirstOrDefaultAsync(cancellationToken);
        var hasSource = await db.Set<Source>().AnyAsync(source => source.LoadedAt != null, cancellationToken);
        var hasSegment = await db.Set<Segment>().AnyAsync(cancellationToken);
        var hasConnection = await db.Set<Connection>().AnyAsync(cancellationToken);
        var isScheduled = await db.Set<Export>()
            .AnyAsync(
                export => export.NextRunAt != null || (export.FollowsRefresh && db.Set<RefreshPlan>().Any(plan => plan.NextAt != null)),
                cancellationToken
            );
        var hasRun = await db.Set<Run>()
            .AnyAsync(run => run.State == RunState.Successful || run.State == RunState.CompletedWithWarnings, cancellationToken);
        List<FirstStep> steps =
        [
            new(FirstStepName.Source, "sources/new", hasSource, ManageSources.Rule.Allows(actor)),
            new(FirstStepName.Segment, "segments/new", hasSegment, true) { IsPossible = hasSource },
            new(FirstStepName.Connection, "connections/discover", hasConnection, ManageConnections.Rule.Allows(actor)),
            new(FirstStepName.Export, "exports/new", first is not null, true) { IsPossible = hasSegment && hasConnection },
            new(FirstStepName.Run, $"exports/{first}", hasRun, true) { IsPossible = first is not null },
            new(FirstStepName.Schedule, $"exports/schedule?id={first}", isScheduled, true) { IsPossible = first is not null },
        ];
        if (ManageSystem.Rule.Allows(actor))
        {
            var isTold = mail.Value.IsConfigured || await db.Set<AlertWebhook>().AnyAsync(cancellationToken);
            var people = await db.Set<AppUser>().CountAsync(user => !user.IsServiceAccount, cancellationToken);
            steps.Add(new(FirstStepName.Alerts, "system/alerts", isTold, true));
            steps.Add(new(FirstStepName.People, "system/permissions/new", people > 1, true));
        }
        return new(steps, await db.Set<AppUser>().AnyAsync(user => user.Id == actor.Id && user.HidesFirstSteps, cancellationToken));
    }

    /// <summary>Hides the steps from the actor, or shows them again.</summary>
    public async Task HideAsync(Actor actor, bool hidden, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<AppUser>()
            .Where(user => user.Id == actor.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.HidesFirstSteps, hidden), cancellationToken);
    }
}

/// <summary>The names of the first steps, which are part of the keys of their texts.</summary>
public enum FirstStepName
{
    Source,
    Segment,
    Connection,
    Export,
    Run,
    Schedule,
    Alerts,
    People,
}

/// <summary>A step on the way to a nightly export.</summary>
/// <param name="MayDo">Whether the reader may do it. If not, an administrator has to.</param>
public sealed record FirstStep(FirstStepName Name, string Href, bool IsDone, bool MayDo)
{
    /// <summary>Whether the steps before it, without which it cannot be done, are done.</summary>
    public bool IsPossible { get; init; } = true;
}

/// <summary>The first steps of a reader.</summary>
/// <param name="IsHidden">Whether the reader has hidden them.</param>
public sealed record FirstStepsView(IReadOnlyList<FirstStep> Steps, bool IsHidden)
{
    public int Done => Steps.Count(step => step.IsDone);

    public bool AreComplete => Done == Steps.Count;

    /// <summary>The next step that the reader can do. Null when there is none or the steps are hidden.</summary>
    public FirstStep? Next => IsHidden ? null : Steps.FirstOrDefault(step => step is { IsDone: false, IsPossible: true, MayDo: true });
}
