using KlaviyoExport.Alerts;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Tests.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>What people are told, and that they are told once.</summary>
public class AlertWatchTests
{
    private static readonly LocalizedMessage Fault = new("Delivery.NoConnection");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_failures_are_told_once_and_the_success_after_them_once()
    {
        await using var desk = await AlertDesk.CreateAsync();
        for (var i = 0; i < 20; i++)
        {
            await desk.AddRunAsync(RunState.FailedPermanent);
            await desk.LookAsync();
        }
        Assert.Equal([AlertReason.RunFailed], await desk.RaisedAsync());

        for (var i = 0; i < 3; i++)
        {
            await desk.AddRunAsync(RunState.Successful);
            await desk.LookAsync();
        }
        Assert.Equal([AlertReason.RunFailed, AlertReason.Recovered], await desk.RaisedAsync());
    }

    [Fact]
    public async Task A_failure_between_two_looks_is_told_even_if_the_next_run_succeeded()
    {
        await using var desk = await AlertDesk.CreateAsync();
        foreach (var state in new[] { RunState.FailedPermanent, RunState.FailedPermanent, RunState.Successful })
            await desk.AddRunAsync(state);

        await desk.LookAsync();

        Assert.Equal([AlertReason.RunFailed, AlertReason.Recovered], await desk.RaisedAsync());
    }

    [Fact]
    public async Task Of_the_runs_before_the_first_look_only_the_last_one_counts()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await using (var db = await desk.Product.OpenAsync())
            await db.Set<AlertState>().ExecuteDeleteAsync(Cancel);
        foreach (var state in new[] { RunState.FailedPermanent, RunState.Successful, RunState.FailedPermanent })
            await desk.AddRunAsync(state);

        await desk.LookAsync();

        Assert.Equal([AlertReason.RunFailed], await desk.RaisedAsync());
    }

    [Theory]
    [InlineData(RunState.FailedRetrying)]
    [InlineData(RunState.Canceled)]
    [InlineData(RunState.Skipped)]
    [InlineData(RunState.Successful)]
    public async Task Nobody_is_told_about_retries_and_what_people_did_themselves(RunState state)
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.AddRunAsync(state);

        Assert.Equal(0, await desk.LookAsync());
    }

    [Theory]
    [InlineData(5, null, false)]
    [InlineData(6, null, true)]
    [InlineData(6, 10.0, false)]
    [InlineData(2, 1.5, true)]
    public async Task Warnings_are_told_over_the_threshold_of_the_export_or_the_installation(int refused, double? own, bool isTold)
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.SetExportAsync(settings => settings.WarningShare = own);
        await desk.AddRunAsync(RunState.CompletedWithWarnings, refused);

        await desk.LookAsync();

        Assert.Equal(isTold ? [AlertReason.RunWarnings] : [], await desk.RaisedAsync());
    }

    [Fact]
    public async Task Each_run_that_needs_approval_is_told_once()
    {
        await using var desk = await AlertDesk.CreateAsync();
        for (var i = 0; i < 2; i++)
        {
            var run = await desk.AddRunAsync(RunState.NeedsApproval);
            await desk.LookAsync();
            await desk.LookAsync();
            await desk.ChangeAsync<Run>(stored => stored.Id == run, stored => stored.MoveTo(RunState.Canceled));
            await desk.LookAsync();
        }

        Assert.Equal([AlertReason.ApprovalNeeded, AlertReason.ApprovalNeeded], await desk.RaisedAsync());
    }

    [Fact]
    public async Task A_missed_run_is_told_although_the_run_that_makes_up_for_it_has_started()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.Product.ScheduleAsync(desk.ExportId, new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 });
        desk.Clock.Advance(TimeSpan.FromHours(2));
        await desk.Product.Get<KlaviyoExport.Scheduling.ExportTimer>().CatchUpAsync(Cancel);
        // The start of a run clears it.
        await desk.ChangeAsync<Export>(export => export.Id == desk.ExportId, export => export.MissedAt = null);

        await desk.LookAsync();
        await desk.LookAsync();

        Assert.Equal([AlertReason.RunMissed], await desk.RaisedAsync());
    }

    [Fact]
    public async Task A_source_that_was_not_loaded_is_told_and_that_it_was_loaded_again()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.ChangeAsync<Source>(_ => true, source => source.LastError = new LocalizedMessage("Sources.LoadFailed"));
        await desk.LookAsync();
        await desk.ChangeAsync<Source>(_ => true, source => source.LastError = null);
        await desk.LookAsync();

        Assert.Equal([AlertReason.SourceNotLoaded, AlertReason.Recovered], await desk.RaisedAsync());
    }

    [Fact]
    public async Task Data_that_gets_too_old_is_told_once_and_that_it_is_new_again()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.ChangeAsync<Source>(
            _ => true,
            source => (source.DataChangedAt, source.MaxAgeHours) = (desk.Clock.GetUtcNow().AddHours(-23), 24)
        );
        Assert.Equal(0, await desk.LookAsync());

        desk.Clock.Advance(TimeSpan.FromHours(2));
        await desk.LookAsync();
        await desk.LookAsync();
        await desk.ChangeAsync<Source>(_ => true, source => source.DataChangedAt = desk.Clock.GetUtcNow());
        await desk.LookAsync();

        Assert.Equal([AlertReason.SourceOld, AlertReason.Recovered], await desk.RaisedAsync());
    }

    [Fact]
    public async Task Changed_columns_that_stop_an_export_are_told_and_that_it_can_run_again()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.ChangeAsync<Source>(
            _ => true,
            source => source.Drift = new SchemaDrift([new(ColumnChangeKind.Gone, "name", desk.Clock.GetUtcNow())])
        );
        await desk.LookAsync();
        await desk.LookAsync();
        Assert.Equal([AlertReason.ColumnsChanged], await desk.BellAsync(Product.Contributor));
        await desk.ChangeAsync<Source>(
            _ => true,
            source => source.Drift = new SchemaDrift([new(ColumnChangeKind.Gone, "phone", desk.Clock.GetUtcNow())])
        );
        await desk.LookAsync();

        Assert.Equal([AlertReason.ColumnsChanged, AlertReason.Recovered], await desk.RaisedAsync());
    }

    [Fact]
    public async Task A_missing_table_that_stops_an_export_is_told()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.ChangeAsync<Source>(
            _ => true,
            source =>
                source.Drift = new SchemaDrift([])
                {
                    Tables = [new("vips", null, new LocalizedMessage("Sources.NoTable", "CRM", "vips"), desk.Clock.GetUtcNow())],
                }
        );
        await desk.LookAsync();
        Assert.Empty(await desk.RaisedAsync());

        await desk.ChangeAsync<Segment>(_ => true, segment => segment.Definition = new MembershipSegment("vips", ["id"]));
        await desk.LookAsync();

        Assert.Equal([AlertReason.ColumnsChanged], await desk.RaisedAsync());
    }

    [Fact]
    public async Task A_connection_is_told_when_its_fault_lasts_and_when_it_works_again()
    {
        await using var desk = await AlertDesk.CreateAsync();
        var health = desk.Product.Get<ConnectionHealth>();
        await health.FailedAsync(desk.Connection.Id, Fault, ConnectionErrorKind.Passing, lacksExportUser: false, Cancel);
        Assert.Equal(0, await desk.LookAsync());

        await health.FailedAsync(desk.Connection.Id, Fault, Cancel);
        await desk.LookAsync();
        // An outage while the connection is broken says nothing new.
        await health.FailedAsync(desk.Connection.Id, Fault, ConnectionErrorKind.Passing, lacksExportUser: false, Cancel);
        await desk.LookAsync();
        await health.FailedAsync(desk.Connection.Id, Fault, ConnectionErrorKind.KeyVault, lacksExportUser: false, Cancel);
        await desk.LookAsync();
        await health.WorkedAsync(desk.Connection.Id, Cancel);
        await desk.LookAsync();

        Assert.Equal([AlertReason.ConnectionUnhealthy, AlertReason.KeyVaultUnreadable, AlertReason.Recovered], await desk.RaisedAsync());
    }

    [Theory]
    [InlineData("2025-01-15", true)]
    [InlineData("2025-05-21", true)]
    [InlineData("2025-05-22", false)]
    public async Task The_end_of_the_API_revision_is_told_180_days_before(string revision, bool isTold)
    {
        // The clock says 22 November 2026. A revision is retired two years after its date.
        await using var desk = await AlertDesk.CreateAsync(new() { ["Klaviyo:Revision"] = revision });
        desk.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromHours(13));
        await desk.LookAsync();

        Assert.Equal(isTold ? [AlertReason.RevisionRetires] : [], await desk.RaisedAsync());
        Assert.Empty(await desk.BellAsync(Product.Contributor));
    }

    [Fact]
    public async Task People_are_told_what_concerns_them_and_what_they_may_see()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.SetExportAsync(settings => settings.People = [Product.Operator.Id]);
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.ChangeAsync<Source>(_ => true, source => source.LastError = new LocalizedMessage("Sources.LoadFailed"));
        await desk.LookAsync();

        Assert.Equal([AlertReason.RunFailed, AlertReason.SourceNotLoaded], await desk.BellAsync(Product.Administrator));
        Assert.Equal([AlertReason.RunFailed], await desk.BellAsync(Product.Contributor));
        Assert.Equal([AlertReason.RunFailed], await desk.BellAsync(Product.Operator));
        Assert.Empty(await desk.BellAsync(Product.Viewer));
        // An administrator who has become a viewer no longer sees what the bell holds about sources.
        Assert.Equal([AlertReason.RunFailed], await desk.BellAsync(Product.Administrator with { Role = KlaviyoExport.People.Role.Viewer }));
    }

    [Fact]
    public async Task An_export_that_is_muted_tells_nobody_and_later_only_what_is_new()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.SetExportAsync(settings => settings.IsMuted = true);
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.AddRunAsync(RunState.Successful);
        await desk.LookAsync();
        await desk.SetExportAsync(settings => settings.IsMuted = false);
        await desk.LookAsync();
        Assert.Empty(await desk.RaisedAsync());

        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();
        Assert.Equal([AlertReason.RunFailed], await desk.RaisedAsync());
    }

    [Fact]
    public async Task Channels_are_turned_off_for_everybody_by_administrators_and_by_each_person_for_themselves()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.Product.Get<OwnAlerts>().SaveAsync(Product.Contributor, new OwnAlertSettings([AlertReason.RunFailed], [], null), Cancel);
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();
        Assert.Equal([Product.Administrator.Id], (await desk.OutboxAsync()).Select(message => message.UserId));
        Assert.Equal([AlertReason.RunFailed], await desk.BellAsync(Product.Contributor));

        await desk.SetAsync(settings => (settings.ByMail, settings.ByBell) = (false, false));
        await desk.AddRunAsync(RunState.Successful);
        await desk.LookAsync();
        Assert.Single(await desk.OutboxAsync());
        Assert.Equal([AlertReason.RunFailed], await desk.BellAsync(Product.Administrator));
    }

    [Fact]
    public async Task Alerts_of_a_minute_leave_in_one_message_for_each_person()
    {
        await using var desk = await AlertDesk.CreateAsync();
        var other = await desk.AddExportAsync("Winter");
        await desk.LookAsync();
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();
        desk.Clock.Advance(TimeSpan.FromSeconds(30));
        await desk.AddRunAsync(RunState.FailedPermanent, exportId: other);
        await desk.LookAsync();
        Assert.Equal([2, 2], (await desk.OutboxAsync()).Select(message => message.Alerts.Count));

        desk.Clock.Advance(TimeSpan.FromSeconds(30));
        await desk.AddRunAsync(RunState.Successful, exportId: other);
        await desk.LookAsync();
        Assert.Equal([2, 2, 1, 1], (await desk.OutboxAsync()).Select(message => message.Alerts.Count));
    }

    [Fact]
    public async Task A_person_or_export_that_is_removed_leaves_nothing_to_send()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();
        await desk.Product.Get<KlaviyoExport.People.PeopleService>().RemoveAsync(Product.Administrator, Product.Contributor.Id, Cancel);
        await using (var db = await desk.Product.OpenAsync())
            await db.Set<Export>().ExecuteDeleteAsync(Cancel);

        Assert.Equal(0, await desk.LookAsync());

        Assert.Equal([Product.Administrator.Id], (await desk.OutboxAsync()).Select(message => message.UserId));
        await using var after = await desk.Product.OpenAsync();
        Assert.Empty(await after.Set<AlertState>().Where(state => state.Topic == AlertTopic.Runs).ToListAsync(Cancel));
        Assert.Empty(await after.Set<AlertNotice>().Where(notice => notice.UserId == Product.Contributor.Id).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Old_alerts_and_messages_are_deleted_but_none_that_waits_to_be_sent()
    {
        await using var desk = await AlertDesk.CreateAsync();
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();
        await using (var db = await desk.Product.OpenAsync())
            await db.Set<OutboxMessage>()
                .Where(message => message.UserId == Product.Contributor.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(message => message.SentAt, desk.Clock.GetUtcNow()), Cancel);
        var purge = desk.Product.Get<KlaviyoExport.Retention.Purge>();

        desk.Clock.Advance(TimeSpan.FromDays(91));
        await purge.RunAsync(Cancel);
        Assert.Equal([Product.Administrator.Id], (await desk.OutboxAsync()).Select(message => message.UserId));
        Assert.Single(await desk.RaisedAsync());

        await using (var db = await desk.Product.OpenAsync())
            await db.Set<OutboxMessage>()
                .ExecuteUpdateAsync(set => set.SetProperty(message => message.GaveUpAt, DateTimeOffset.UnixEpoch), Cancel);
        await purge.RunAsync(Cancel);
        Assert.Empty(await desk.OutboxAsync());
        Assert.Empty(await desk.RaisedAsync());
        // What was told is remembered.
        Assert.Equal(0, await desk.LookAsync());
    }
}
