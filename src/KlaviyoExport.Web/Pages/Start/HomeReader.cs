using System.Globalization;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.System;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Pages.Start;

/// <summary>Reads the content of the home page.</summary>
internal sealed class HomeReader(
    FirstSteps steps,
    HomeQueries queries,
    ExportGlanceQueries exports,
    ConnectionUseQueries connections,
    RunQueries runs,
    SystemHealth health,
    IOptions<KlaviyoOptions> klaviyo,
    TimeProvider clock
)
{
    private const int Most = 10;
    private const int MostExports = 20;

    public async Task<HomeView> ReadAsync(Actor actor, CancellationToken cancellationToken) =>
        new(
            await steps.ForAsync(actor, cancellationToken),
            Troubles(await health.LookAsync(cancellationToken)),
            await queries.NeedsAttentionAsync(actor, Most, cancellationToken),
            await queries.RunningNowAsync(actor, Most, cancellationToken),
            await queries.NextRunsAsync(actor, Most, cancellationToken),
            await queries.LastSevenDaysAsync(actor, cancellationToken),
            [
                .. (await runs.PageAsync(actor, new RunQuery { PageSize = Most }, cancellationToken)).Rows.Where(row =>
                    row.Run.State.IsFinal()
                ),
            ],
            await exports.ListAsync(actor, MostExports, cancellationToken),
            await connections.ListAsync(actor, LimitsCard.Most, cancellationToken)
        );

    /// <summary>Returns the problems of the installation itself.</summary>
    private List<Trouble> Troubles(Health state)
    {
        var found = new List<Trouble>();
        if (!state.SchedulerRuns)
            found.Add(new("Scheduler", "", "system/status"));
        if (state.Disk is { IsLow: true } disk)
            found.Add(new("Disk", ByteSize.Of(disk.Free, CultureInfo.CurrentCulture), "system/status"));
        var life = RevisionLife.Of(klaviyo.Value.Revision);
        switch (life.StageOn(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)))
        {
            case RevisionStage.Retired:
                found.Add(new("RevisionRetired", Day(life.RetiredOn), "system/about"));
                break;
            case RevisionStage.SoonRetired or RevisionStage.Deprecated:
                found.Add(new("RevisionExpires", Day(life.RetiredOn), "system/about"));
                break;
        }
        return found;
    }

    private static string Day(DateOnly day) => day.ToString("D", CultureInfo.CurrentCulture);
}

/// <summary>The content of the home page.</summary>
/// <param name="Running">The runs in progress, in the order in which they were requested.</param>
/// <param name="Ended">The latest runs that have ended, newest first.</param>
/// <param name="Exports">The exports at a glance, the worst first.</param>
/// <param name="Limits">How much of Klaviyo's rate limits the reader's connections use.</param>
internal sealed record HomeView(
    FirstStepsView Steps,
    IReadOnlyList<Trouble> Troubles,
    IReadOnlyList<Attention> Attention,
    IReadOnlyList<RunRow> Running,
    IReadOnlyList<NextRun> Next,
    IReadOnlyList<DayTotal> Week,
    IReadOnlyList<RunRow> Ended,
    ExportGlances Exports,
    IReadOnlyList<ConnectionUse> Limits
);

/// <summary>A problem of the installation.</summary>
/// <param name="Name">The name of its text.</param>
/// <param name="Detail">The value that is inserted into the text.</param>
/// <param name="Href">The address of the page with details.</param>
internal sealed record Trouble(string Name, string Detail, string Href);
