using System.Reflection;
using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Lists.Traces;
using KlaviyoExport.Overview;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Secrets;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Odbc;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People;

/// <summary>The permissions of every role, checked at the services, independently of the pages.</summary>
public sealed class PermissionTests
{
    private const string RefreshFile = "version: 1\nsystemRefresh: { enabled: true, times: ['03:00'] }";

    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    /// <summary>
    /// Each action and who may do it: (A)dministrator, (C)ontributor with the connection shared, (c)ontributor without, (O)perator,
    /// (V)iewer.
    /// </summary>
    private static readonly Dictionary<string, (string Allowed, Func<Ground, Actor, Task> DoAsync)> Actions = new()
    {
        ["ConnectionQueries.ListAsync"] = ("A", (g, who) => g.Get<ConnectionQueries>().ListAsync(who, Cancel)),
        ["ConnectionService.ContributorsAsync"] = ("A", (g, who) => g.Get<ConnectionService>().ContributorsAsync(who, Cancel)),
        ["ConnectionService.GetAsync"] = ("A", (g, who) => g.Get<ConnectionService>().GetAsync(who, g.Connection.Id, Cancel)),
        ["ConnectionService.CheckKeyAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionService>().CheckKeyAsync(who, PracticeStore.FullKey, Cancel)
        ),
        ["ConnectionService.SaveAsync"] = (
            "A",
            (g, who) =>
                g.Get<ConnectionService>()
                    .SaveAsync(
                        who,
                        new ConnectionChanges
                        {
                            Id = g.Connection.Id,
                            Name = "Renamed",
                            Sharing = g.Connection.Sharing,
                        },
                        Cancel
                    )
        ),
        ["ConnectionRemoval.RemoveAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionRemoval>().RemoveAsync(who, g.UnusedId, new Dictionary<int, RemovalChoice>(), Cancel)
        ),
        ["PracticeConnections.AddAsync"] = (
            "A",
            (g, who) =>
                new PracticeConnections(
                    g.Get<IDbContextFactory<AppDb>>(),
                    new SandboxPractice(g.Product.Sandbox.BaseAddress),
                    g.Get<KeyCheck>(),
                    g.Get<Audit>(),
                    TimeProvider.System
                ).AddAsync(who, "Practice", Cancel)
        ),
        ["SampleSource.AddAsync"] = ("A", (g, who) => g.Get<SampleSource>().AddAsync(who, "Sample customers", Cancel)),
        ["SampleRemoval.FindAsync"] = ("A", (g, who) => g.Get<SampleRemoval>().FindAsync(who, Cancel)),
        ["SampleRemoval.RemoveAsync"] = ("A", (g, who) => g.Get<SampleRemoval>().RemoveAsync(who, Cancel)),
        ["ConnectionService.TakeOverAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionService>().TakeOverAsync(who, g.Connection.Id, g.ProofOf(who), Cancel)
        ),
        ["ConnectionRemoval.ExportsOfAsync"] = ("A", (g, who) => g.Get<ConnectionRemoval>().ExportsOfAsync(who, g.Connection.Id, Cancel)),
        ["ConnectionDrafts.StartAsync"] = ("A", (g, who) => g.Get<ConnectionDrafts>().StartAsync(who, Cancel)),
        ["ConnectionDrafts.GetAsync"] = ("A", (g, who) => g.Get<ConnectionDrafts>().GetAsync(who, g.DraftOf(who), Cancel)),
        ["ConnectionDrafts.MineAsync"] = ("A", (g, who) => g.Get<ConnectionDrafts>().MineAsync(who, Cancel)),
        ["ConnectionDrafts.SetNameAsync"] = ("A", (g, who) => g.Get<ConnectionDrafts>().SetNameAsync(who, g.DraftOf(who), "New", Cancel)),
        ["ConnectionDrafts.ShareAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionDrafts>().ShareAsync(who, g.DraftOf(who), Sharing.AllContributors, [], Cancel)
        ),
        ["ConnectionDrafts.SetKeyAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionDrafts>().SetKeyAsync(who, g.DraftOf(who), SecondStore.FullKey, Cancel)
        ),
        ["ConnectionDrafts.UseSecretAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionDrafts>().UseSecretAsync(who, g.DraftOf(who), SecretPlaceKind.KeyVault, "klaviyo-key", Cancel)
        ),
        ["ConnectionDrafts.AgreeAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionDrafts>().AgreeAsync(who, g.DraftOf(who), agreed: true, Cancel)
        ),
        ["ConnectionDrafts.ConnectAsync"] = ("A", (g, who) => g.Get<ConnectionDrafts>().ConnectAsync(who, g.DraftOf(who), Cancel)),
        ["ConnectionDrafts.ConfirmAccountAsync"] = (
            "A",
            async (g, who) =>
            {
                // With an app the account is confirmed by signing in: an administrator gets this message, and other people are refused
                // before.
                try
                {
                    await g.Get<ConnectionDrafts>().ConfirmAccountAsync(who, g.DraftOf(who), Cancel);
                }
                catch (LocalizedException told) when (told.LocalizedMessage.Code == "Connections.SignInNeeded") { }
            }
        ),
        ["ConnectionDrafts.AddExportUserAsync"] = (
            "A",
            (g, who) => g.Get<ConnectionDrafts>().AddExportUserAsync(who, g.DraftOf(who), g.ProofOf(who), Cancel)
        ),
        ["ConnectionDrafts.SaveAsync"] = ("A", (g, who) => g.Get<ConnectionDrafts>().SaveAsync(who, g.DraftOf(who), Cancel)),
        ["ConnectionDrafts.DiscardAsync"] = ("A", (g, who) => g.Get<ConnectionDrafts>().DiscardAsync(who, g.DraftOf(who), Cancel)),
        ["KlaviyoSignIns.BeginForDraftAsync"] = (
            "A",
            (g, who) => g.Get<KlaviyoSignIns>().BeginForDraftAsync(who, g.DraftOf(who), Ground.Callback, Cancel)
        ),
        ["KlaviyoSignIns.BeginForConnectionAsync"] = (
            "A",
            (g, who) => g.Get<KlaviyoSignIns>().BeginForConnectionAsync(who, g.Connection.Id, Ground.Callback, Cancel)
        ),
        ["KlaviyoSignIns.CompleteAsync"] = (
            "A",
            async (g, who) =>
                await g.Get<KlaviyoSignIns>().CompleteAsync(who, await g.StateOfAsync(who), null, "access_denied", Ground.Callback, Cancel)
        ),
        ["KlaviyoSignIns.ProblemAsync"] = ("A", (g, who) => g.Get<KlaviyoSignIns>().ProblemAsync(who, g.Connection.Id, Cancel)),
        ["AccountLists.AllAsync"] = ("AC", (g, who) => g.Get<AccountLists>().AllAsync(who, g.Connection.Id, Cancel)),
        ["AccountLists.OneAsync"] = (
            "AC",
            (g, who) => g.Get<AccountLists>().OneAsync(who, g.Connection.Id, PracticeStore.Newsletter, Cancel)
        ),
        ["AccountLists.SizedAsync"] = (
            "AC",
            (g, who) => g.Get<AccountLists>().SizedAsync(who, g.Connection.Id, PracticeStore.Newsletter, Cancel)
        ),
        ["AuditTrail.ListAsync"] = ("A", (g, who) => g.Get<AuditTrail>().ListAsync(who, new AuditFilter(), 0, 10, Cancel)),
        ["AuditDownloads.ReadAsync"] = ("A", (g, who) => g.Get<AuditDownloads>().ReadAsync(who, new AuditFilter(), Cancel)),
        ["AuditDownloads.WriteCsvAsync"] = (
            "A",
            (g, who) => g.Get<AuditDownloads>().WriteCsvAsync(who, new AuditFilter(), Stream.Null, Cancel)
        ),
        ["AuditTrail.ChoicesAsync"] = ("A", (g, who) => g.Get<AuditTrail>().ChoicesAsync(who, Cancel)),
        ["AlertService.GetAsync"] = ("A", (g, who) => g.Get<AlertService>().GetAsync(who, Cancel)),
        ["AlertService.SaveAsync"] = ("A", (g, who) => g.Get<AlertService>().SaveAsync(who, new AlertSettings { ByMail = false }, Cancel)),
        ["AlertService.TestMailAsync"] = ("A", (g, who) => WithoutMailAsync(() => g.Get<AlertService>().TestMailAsync(who, Cancel))),
        ["AlertService.OutboxAsync"] = ("A", (g, who) => g.Get<AlertService>().OutboxAsync(who, Cancel)),
        ["AlertService.SendAgainAsync"] = ("A", (g, who) => g.Get<AlertService>().SendAgainAsync(who, 1, Cancel)),
        ["WebhookService.ListAsync"] = ("A", (g, who) => g.Get<WebhookService>().ListAsync(who, Cancel)),
        ["WebhookService.AddAsync"] = (
            "A",
            (g, who) => g.Get<WebhookService>().AddAsync(who, new NewWebhook("New", "https://h.example", WebhookFormat.Slack, null), Cancel)
        ),
        ["WebhookService.SaveAsync"] = (
            "A",
            (g, who) =>
                g.Get<WebhookService>()
                    .SaveAsync(
                        who,
                        new WebhookChanges(g.WebhookId, "https://h.example", WebhookFormat.Slack, IsSigned: false, null, IsOn: true),
                        Cancel
                    )
        ),
        ["WebhookService.TurnAsync"] = ("A", (g, who) => g.Get<WebhookService>().TurnAsync(who, g.WebhookId, isOn: false, Cancel)),
        ["WebhookService.RemoveAsync"] = ("A", (g, who) => g.Get<WebhookService>().RemoveAsync(who, g.WebhookId, Cancel)),
        ["WebhookService.TestAsync"] = ("A", (g, who) => g.Get<WebhookService>().TestAsync(who, g.WebhookId, Cancel)),
        ["PasswordMails.SendAsync"] = (
            "A",
            (g, who) => WithoutMailAsync(() => g.Get<PasswordMails>().SendAsync(who, Product.Viewer.Id, "en", Cancel))
        ),
        ["ExportAlertService.GetAsync"] = ("ACcOV", (g, who) => g.Get<ExportAlertService>().GetAsync(who, g.ExportId, Cancel)),
        ["ExportAlertService.SaveAsync"] = (
            "AC",
            (g, who) => g.Get<ExportAlertService>().SaveAsync(who, new ExportAlerts { ExportId = g.ExportId, IsMuted = true }, Cancel)
        ),
        ["OwnAlerts.GetAsync"] = ("ACcOV", (g, who) => g.Get<OwnAlerts>().GetAsync(who, Cancel)),
        ["OwnAlerts.SaveAsync"] = ("ACcOV", (g, who) => g.Get<OwnAlerts>().SaveAsync(who, new OwnAlertSettings([], [], "ca"), Cancel)),
        ["AlertBell.UnreadAsync"] = ("ACcOV", (g, who) => g.Get<AlertBell>().UnreadAsync(who, Cancel)),
        ["AlertBell.ListAsync"] = ("ACcOV", (g, who) => g.Get<AlertBell>().ListAsync(who, 0, 10, Cancel)),
        ["AlertBell.MarkReadAsync"] = ("ACcOV", (g, who) => g.Get<AlertBell>().MarkReadAsync(who, null, Cancel)),
        ["PeopleService.ListAsync"] = ("A", (g, who) => g.Get<PeopleService>().ListAsync(who, Cancel)),
        ["PeopleService.GetAsync"] = ("A", async (g, who) => await g.Get<PeopleService>().GetAsync(who, await g.PersonAsync(), Cancel)),
        ["ExportUserQueries.DependentsAsync"] = (
            "A",
            async (g, who) => await g.Get<ExportUserQueries>().DependentsAsync(who, await g.PersonAsync(), Cancel)
        ),
        ["PeopleService.AddAsync"] = (
            "A",
            (g, who) => g.Get<PeopleService>().AddAsync(who, new NewPerson("New", "new@shop.example", Role.Viewer), Cancel)
        ),
        ["PeopleService.ChangeRoleAsync"] = (
            "A",
            async (g, who) => await g.Get<PeopleService>().ChangeRoleAsync(who, await g.PersonAsync(), Role.Operator, Cancel)
        ),
        ["PeopleService.AddServiceAccountAsync"] = (
            "A",
            (g, who) => g.Get<PeopleService>().AddServiceAccountAsync(who, "Pipeline", Role.Viewer, Cancel)
        ),
        ["SecondFactorPolicy.SaveAsync"] = (
            "A",
            (g, who) => g.Get<SecondFactorPolicy>().SaveAsync(who, new HashSet<Role> { Role.Viewer }, Cancel)
        ),
        ["Sessions.ListAsync"] = ("ACcOV", (g, who) => g.Get<Sessions>().ListAsync(who, null, Cancel)),
        ["Sessions.EndAsync"] = ("ACcOV", (g, who) => g.Get<Sessions>().EndAsync(who, "01234567", Cancel)),
        ["Sessions.SignOutAsync"] = ("ACcOV", (g, who) => g.Get<Sessions>().SignOutAsync(who, "0123456789", Cancel)),
        ["Sessions.EndAllAsync"] = ("A", async (g, who) => await g.Get<Sessions>().EndAllAsync(who, await g.PersonAsync(), null, Cancel)),
        ["ApiTokens.ListAsync"] = ("A", async (g, who) => await g.Get<ApiTokens>().ListAsync(who, await g.PersonAsync(), Cancel)),
        ["ApiTokens.CreateAsync"] = (
            "A",
            async (g, who) =>
                await g.Get<ApiTokens>()
                    .CreateAsync(who, await g.ServiceAccountAsync(), new NewApiToken("new", Role.Viewer, ApiScopes.Read, 1), Cancel)
        ),
        ["ApiTokens.RevokeAsync"] = ("A", async (g, who) => await g.Get<ApiTokens>().RevokeAsync(who, await g.TokenAsync(), Cancel)),
        ["PeopleService.RemoveAsync"] = (
            "A",
            async (g, who) => await g.Get<PeopleService>().RemoveAsync(who, await g.PersonAsync(), Cancel)
        ),
        ["ExportQueries.PageAsync"] = ("ACcOV", (g, who) => g.Get<ExportQueries>().PageAsync(who, new ExportQuery(), Cancel)),
        ["ExportQueries.GetAsync"] = ("ACcOV", (g, who) => g.Get<ExportQueries>().GetAsync(who, g.ExportId, Cancel)),
        ["ExportService.GetAsync"] = ("ACcOV", (g, who) => g.Get<ExportService>().GetAsync(who, g.ExportId, Cancel)),
        ["ExportService.SaveAsync"] = (
            "AC",
            async (g, who) => await g.Get<ExportService>().SaveAsync(who, (await g.DraftAsync()) with { Name = "Renamed" }, Cancel)
        ),
        ["ExportService.SaveAsync, a new one"] = (
            "AC",
            async (g, who) => await g.Get<ExportService>().SaveAsync(who, (await g.DraftAsync()) with { Id = null, Name = "New" }, Cancel)
        ),
        ["ForecastService.OfExportAsync"] = (
            "ACO",
            (g, who) => g.Get<ForecastService>().OfExportAsync(who, g.ExportId, ForecastDepth.Sample, null, Cancel)
        ),
        ["ForecastService.OfDraftAsync"] = (
            "AC",
            async (g, who) => await g.Get<ForecastService>().OfDraftAsync(who, await g.DraftAsync(), ForecastDepth.Sample, null, Cancel)
        ),
        ["MemberPreview.ReadAsync"] = (
            "AC",
            async (g, who) => await g.Get<MemberPreview>().ReadAsync(who, await g.DraftAsync(), null, Cancel)
        ),
        ["TestProfiles.SendAsync"] = ("ACO", (g, who) => g.Get<TestProfiles>().SendAsync(who, g.ExportId, "1", Cancel)),
        ["ExportService.DuplicateAsync"] = ("AC", (g, who) => g.Get<ExportService>().DuplicateAsync(who, g.ExportId, Cancel)),
        ["ExportSchedules.SetAsync"] = ("AC", (g, who) => g.Get<ExportSchedules>().SetAsync(who, [g.ExportId], null, true, Cancel)),
        ["ExportService.LossAsync"] = ("AC", (g, who) => g.Get<ExportService>().LossAsync(who, [g.ExportId], Cancel)),
        ["ExportService.SharersAsync"] = (
            "ACcOV",
            (g, who) => g.Get<ExportService>().SharersAsync(who, g.Connection.Id, PracticeStore.Newsletter, null, Cancel)
        ),
        ["PersonQueries.FindAsync"] = ("ACc", (g, who) => g.Get<PersonQueries>().FindAsync(who, "ana@shop.example", Cancel)),
        ["PersonDataService.CountAsync"] = ("A", (g, who) => g.Get<PersonDataService>().CountAsync(who, "ana@shop.example", Cancel)),
        ["PersonDataService.DownloadAsync"] = ("A", (g, who) => g.Get<PersonDataService>().DownloadAsync(who, "ana@shop.example", Cancel)),
        ["PersonDataService.EraseAsync"] = ("A", (g, who) => g.Get<PersonDataService>().EraseAsync(who, "ana@shop.example", Cancel)),
        ["SegmentUnion.CountAsync"] = ("ACc", (g, who) => g.Get<SegmentUnion>().CountAsync(who, g.SourceId, [], [], Cancel)),
        ["ExportService.RemoveAsync"] = ("AC", (g, who) => g.Get<ExportService>().RemoveAsync(who, [g.ExportId], Cancel)),
        ["ExportService.DetachAsync"] = ("AC", (g, who) => g.Get<ExportService>().DetachAsync(who, g.ExportId, Cancel)),
        ["RunService.StartAsync"] = ("ACO", (g, who) => g.Get<RunService>().StartAsync(who, g.ExportId, Cancel)),
        ["RunService.StartManyAsync"] = ("ACcO", (g, who) => g.Get<RunService>().StartManyAsync(who, [g.ExportId], Cancel)),
        ["RunService.StartAllAsync"] = ("ACcO", (g, who) => g.Get<RunService>().StartAllAsync(who, Cancel)),
        ["RunService.RetryRejectedAsync"] = (
            "ACO",
            async (g, who) => await g.Get<RunService>().RetryRejectedAsync(who, await g.RunIdAsync(), null, Cancel)
        ),
        ["RunService.SendEverythingAsync"] = ("ACO", (g, who) => g.Get<RunService>().SendEverythingAsync(who, g.ExportId, Cancel)),
        ["RunService.PreviewUndoAsync"] = (
            "ACO",
            async (g, who) => await g.Get<RunService>().PreviewUndoAsync(who, await g.RunIdAsync(), Cancel)
        ),
        ["RunService.UndoAsync"] = (
            "ACO",
            async (g, who) =>
            {
                try
                {
                    await g.Get<RunService>().UndoAsync(who, await g.RunIdAsync(), Cancel);
                }
                catch (LocalizedException told) when (told.LocalizedMessage.Code.StartsWith("Delivery.Undo", StringComparison.Ordinal))
                {
                    // The person may, but the run changed nothing.
                }
            }
        ),
        ["RunService.CancelAsync"] = (
            "ACO",
            async (g, who) => await g.Get<RunService>().CancelAsync(who, await g.Product.QueueAsync(g.ExportId), Cancel)
        ),
        ["RunService.ApproveAsync"] = (
            "A",
            async (g, who) => await g.Get<RunService>().ApproveAsync(who, await g.WaitingRunAsync(who, own: false), Cancel)
        ),
        ["RunService.ApproveAsync, their own export"] = (
            "ACO",
            async (g, who) => await g.Get<RunService>().ApproveAsync(who, await g.WaitingRunAsync(who, own: true), Cancel)
        ),
        ["RunService.RejectAsync"] = (
            "A",
            async (g, who) => await g.Get<RunService>().RejectAsync(who, await g.WaitingRunAsync(who, own: false), Cancel)
        ),
        ["RunService.RejectAsync, their own export"] = (
            "ACO",
            async (g, who) => await g.Get<RunService>().RejectAsync(who, await g.WaitingRunAsync(who, own: true), Cancel)
        ),
        ["RunQueries.GetAsync"] = ("ACcOV", async (g, who) => await g.Get<RunQueries>().GetAsync(who, await g.RunIdAsync(), Cancel)),
        ["RunQueries.PageAsync"] = ("ACcOV", (g, who) => g.Get<RunQueries>().PageAsync(who, new RunQuery(), Cancel)),
        ["RunQueries.HistoryAsync"] = ("ACcOV", (g, who) => g.Get<RunQueries>().HistoryAsync(who, g.ExportId, 30, Cancel)),
        ["RunQueries.ChangesAsync"] = (
            "ACcOV",
            async (g, who) => await g.Get<RunQueries>().ChangesAsync(who, await g.RunIdAsync(), Cancel)
        ),
        ["ConnectionUseQueries.ListAsync"] = ("ACcOV", (g, who) => g.Get<ConnectionUseQueries>().ListAsync(who, 10, Cancel)),
        ["ExportGlanceQueries.ListAsync"] = ("ACcOV", (g, who) => g.Get<ExportGlanceQueries>().ListAsync(who, 10, Cancel)),
        ["HomeQueries.NeedsAttentionAsync"] = ("ACcOV", (g, who) => g.Get<HomeQueries>().NeedsAttentionAsync(who, 10, Cancel)),
        ["HomeQueries.RunningNowAsync"] = ("ACcOV", (g, who) => g.Get<HomeQueries>().RunningNowAsync(who, 10, Cancel)),
        ["HomeQueries.NextRunsAsync"] = ("ACcOV", (g, who) => g.Get<HomeQueries>().NextRunsAsync(who, 10, Cancel)),
        ["HomeQueries.LastSevenDaysAsync"] = ("ACcOV", (g, who) => g.Get<HomeQueries>().LastSevenDaysAsync(who, Cancel)),
        ["ListCheckService.GetAsync"] = (
            "ACcOV",
            async (g, who) => await g.Get<ListCheckService>().GetAsync(who, await g.RunIdAsync(), Cancel)
        ),
        ["ListCheckService.RequestAsync"] = (
            "ACO",
            async (g, who) => await g.Get<ListCheckService>().RequestAsync(who, await g.RunIdAsync(), Cancel)
        ),
        ["ListCheckService.AcceptRemovalsAsync"] = (
            "ACO",
            async (g, who) => await g.Get<ListCheckService>().AcceptRemovalsAsync(who, await g.RunIdAsync(), Cancel)
        ),
        ["ListCheckService.CancelAsync"] = (
            "ACO",
            async (g, who) =>
            {
                if (KlaviyoExport.People.Rules.RunExports.Rule.Allows(who, g.Connection.Sharing == Sharing.AllContributors))
                    await g.Get<ListCheckService>().RequestAsync(who, await g.RunIdAsync(), Cancel);
                await g.Get<ListCheckService>().CancelAsync(who, await g.RunIdAsync(), Cancel);
            }
        ),
        ["ListCheckService.DifferencesAsync"] = (
            "AC",
            async (g, who) => await g.Get<ListCheckService>().DifferencesAsync(who, await g.RunIdAsync(), new ListDifferenceQuery(), Cancel)
        ),
        ["ListCheckService.WriteCsvAsync"] = (
            "AC",
            async (g, who) => await g.Get<ListCheckService>().WriteCsvAsync(who, await g.RunIdAsync(), Stream.Null, Cancel)
        ),
        ["RejectionService.WriteCsvAsync"] = (
            "ACcOV",
            async (g, who) => await g.Get<RejectionService>().WriteCsvAsync(who, await g.RunIdAsync(), null, Stream.Null, Cancel)
        ),
        ["RejectionService.DownloadAsync"] = (
            "ACcOV",
            async (g, who) => await g.Get<RejectionService>().DownloadAsync(who, await g.RunIdAsync(), null, withEmails: true, Cancel)
        ),
        ["RejectedProfilesCsv.WriteAsync"] = (
            "AC",
            async (g, who) => await g.Get<RejectedProfilesCsv>().WriteAsync(who, await g.RunIdAsync(), null, Stream.Null, Cancel)
        ),
        ["MalformedRowsDownload.WriteAsync"] = ("A", (g, who) => DownloadNoRowsAsync(g, who)),
        ["RejectionService.ListAsync"] = (
            "ACcOV",
            async (g, who) => await g.Get<RejectionService>().ListAsync(who, await g.RunIdAsync(), new RejectionQuery(), Cancel)
        ),
        ["SegmentService.SaveAsync"] = (
            "ACc",
            (g, who) => g.Get<SegmentService>().SaveAsync(who, new SegmentDraft { Name = "New", SourceId = g.SourceId }, Cancel)
        ),
        ["SegmentService.CountAsync"] = ("ACc", (g, who) => g.Get<SegmentService>().CountAsync(who, g.SourceId, Everybody, Cancel)),
        ["SegmentService.CountAsync, a stored one"] = (
            "ACc",
            (g, who) => g.Get<SegmentService>().CountAsync(who, g.UnusedSegmentId, Cancel)
        ),
        ["ManualTasks.LoadAsync"] = ("A", (g, who) => g.Get<ManualTasks>().LoadAsync(who, g.SourceId, Cancel)),
        ["ManualTasks.CountAsync"] = ("ACc", (g, who) => g.Get<ManualTasks>().CountAsync(who, g.UnusedSegmentId, Cancel)),
        ["PartCounts.CountAsync"] = ("ACc", (g, who) => g.Get<PartCounts>().CountAsync(who, g.SourceId, Everybody, Cancel)),
        ["SegmentService.ReadingsAsync"] = ("A", (g, who) => g.Get<SegmentService>().ReadingsAsync(who, g.SourceId, Cancel)),
        ["SegmentService.UsersAsync"] = ("ACcOV", (g, who) => g.Get<SegmentService>().UsersAsync(who, g.UnusedSegmentId, Cancel)),
        ["SegmentService.PreviewAsync"] = (
            "ACc",
            (g, who) => g.Get<SegmentService>().PreviewAsync(who, g.SourceId, Everybody, ["name"], 20, Cancel)
        ),
        ["SegmentService.RemoveAsync"] = ("ACc", (g, who) => g.Get<SegmentService>().RemoveAsync(who, g.UnusedSegmentId, Cancel)),
        ["SegmentService.RestoreAsync"] = ("ACc", (g, who) => g.Get<SegmentService>().RestoreAsync(who, g.RemovedSegment, Cancel)),
        ["OdbcDrivers.InstalledAsync"] = ("A", (g, who) => g.Get<OdbcDrivers>().InstalledAsync(who, Cancel)),
        ["SourceService.ListAsync"] = ("A", (g, who) => g.Get<SourceService>().ListAsync(who, Cancel)),
        ["SourceService.GetAsync"] = ("A", (g, who) => g.Get<SourceService>().GetAsync(who, g.SourceId, Cancel)),
        ["SourceService.TablesAsync"] = ("ACc", (g, who) => g.Get<SourceService>().TablesAsync(who, g.SourceId, Cancel)),
        ["SourceService.TestAsync"] = ("A", (g, who) => g.Get<SourceService>().TestAsync(who, g.SourceDraft, Cancel)),
        ["SourceService.SaveAsync"] = ("A", (g, who) => g.Get<SourceService>().SaveAsync(who, g.SourceDraft, Cancel)),
        ["SourceService.LoadAsync"] = ("A", (g, who) => g.Get<SourceService>().LoadAsync(who, g.SourceId, Cancel)),
        ["SourceService.ChooseFormatAsync"] = (
            "A",
            (g, who) => g.Get<SourceService>().ChooseFormatAsync(who, g.SourceId, new FormatChoice("id"), Cancel)
        ),
        ["SourceColumns.CheckAsync"] = ("A", (g, who) => g.Get<SourceColumns>().CheckAsync(who, g.SourceId, Cancel)),
        ["DriftQueries.OfSourceAsync"] = ("A", (g, who) => g.Get<DriftQueries>().OfSourceAsync(who, g.SourceId, Cancel)),
        ["ColumnRename.ApplyAsync"] = (
            "A",
            async (g, who) =>
            {
                if (who.Role == Role.Administrator)
                    await g.LoseColumnAsync();
                await g.Get<ColumnRename>().ApplyAsync(who, g.SourceId, "name", "phone", Cancel);
            }
        ),
        ["SourceService.RemoveAsync"] = ("A", (g, who) => g.Get<SourceService>().RemoveAsync(who, g.UnusedSourceId, Cancel)),
        ["RefreshService.GetPlanAsync"] = ("A", (g, who) => g.Get<RefreshService>().GetPlanAsync(who, Cancel)),
        ["RefreshService.SavePlanAsync"] = (
            "A",
            (g, who) =>
                g.Get<RefreshService>()
                    .SavePlanAsync(
                        who,
                        new RefreshPlan
                        {
                            IsOn = true,
                            Recurrence = new Recurrence { Times = [new(2, 0)] },
                        },
                        Cancel
                    )
        ),
        ["RefreshService.StartAsync"] = ("A", (g, who) => g.Get<RefreshService>().StartAsync(who, Cancel)),
        ["RefreshService.CancelAsync"] = (
            "A",
            async (g, who) =>
            {
                await g.Get<RefreshService>().StartAsync(who, Cancel);
                await g.Get<RefreshService>().CancelAsync(who, Cancel);
            }
        ),
        ["StatusQueries.ListAsync"] = ("ACcOV", (g, who) => g.Get<StatusQueries>().ListAsync(who, Cancel)),
        ["StatusQueries.HistoryAsync"] = (
            "ACcOV",
            (g, who) => g.Get<StatusQueries>().HistoryAsync(who, RefreshTaskKind.Export, g.ExportId, 10, Cancel)
        ),
        ["TaskCancellation.CancelAsync, an export"] = (
            "ACO",
            async (g, who) =>
            {
                await g.Product.QueueAsync(g.ExportId);
                await g.Get<TaskCancellation>().CancelAsync(who, RefreshTaskKind.Export, g.ExportId, Cancel);
            }
        ),
        ["TaskCancellation.CancelAsync, a source"] = (
            "A",
            async (g, who) =>
            {
                if (who.Role == Role.Administrator)
                    await g.Get<RefreshService>().StartAsync(who, Cancel);
                await g.Get<TaskCancellation>().CancelAsync(who, RefreshTaskKind.Source, g.SourceId, Cancel);
            }
        ),
        ["ConfigurationFileService.ExportAsync"] = ("A", (g, who) => g.Get<ConfigurationFileService>().ExportAsync(who, Cancel)),
        ["ConfigurationFileService.PlanAsync"] = ("A", (g, who) => g.Get<ConfigurationFileService>().PlanAsync(who, RefreshFile, Cancel)),
        ["ConfigurationFileService.ApplyAsync"] = (
            "A",
            (g, who) => g.Get<ConfigurationFileService>().ApplyAsync(who, RefreshFile, new ApplyOptions(), Cancel)
        ),
        ["SourceUploads.SaveAsync"] = (
            "A",
            (g, who) =>
                g.Get<SourceUploads>().SaveAsync(who, new MemoryStream("id,email\n1,a@b.example\n"u8.ToArray()), "customers.csv", Cancel)
        ),
    };

    /// <summary>
    /// What the actions write into the audit. The others only read, or change what is no deed: drafts and marks (docs/audit.md). Mails,
    /// ended sessions and signing out need more than the ground of these tests; see MailTests and SessionTests.
    /// </summary>
    private static readonly Dictionary<string, string> Deeds = new()
    {
        ["ConnectionService.SaveAsync"] = "Connections.Changed",
        ["ConnectionRemoval.RemoveAsync"] = "Connections.Removed",
        ["PracticeConnections.AddAsync"] = "Connections.Added",
        ["SampleSource.AddAsync"] = "Sources.FileUploaded Sources.Added",
        ["ConnectionService.TakeOverAsync"] = "Connections.TakenOver",
        ["ConnectionDrafts.SaveAsync"] = "Connections.Added",
        ["AuditDownloads.ReadAsync"] = "System.AuditDownloaded",
        ["AuditDownloads.WriteCsvAsync"] = "System.AuditDownloaded",
        ["AlertService.SaveAsync"] = "Alerts.SettingsChanged",
        ["WebhookService.AddAsync"] = "Alerts.WebhookAdded",
        ["WebhookService.SaveAsync"] = "Alerts.WebhookChanged",
        ["WebhookService.TurnAsync"] = "Alerts.WebhookOff",
        ["WebhookService.RemoveAsync"] = "Alerts.WebhookRemoved",
        ["WebhookService.TestAsync"] = "Alerts.WebhookTested",
        ["ExportAlertService.SaveAsync"] = "Alerts.ExportChanged",
        ["OwnAlerts.SaveAsync"] = "Alerts.OwnChanged",
        ["PeopleService.AddAsync"] = "People.Added",
        ["PeopleService.ChangeRoleAsync"] = "People.RoleChanged",
        ["PeopleService.AddServiceAccountAsync"] = "People.ServiceAccountAdded",
        ["SecondFactorPolicy.SaveAsync"] = "People.SecondFactorRequired",
        ["Sessions.EndAllAsync"] = "People.SignedOutEverywhere",
        ["ApiTokens.CreateAsync"] = "People.TokenCreated",
        ["ApiTokens.RevokeAsync"] = "People.TokenRevoked",
        ["PeopleService.RemoveAsync"] = "People.Removed",
        ["ExportService.SaveAsync"] = "Exports.Changed",
        ["ExportService.SaveAsync, a new one"] = "Exports.Added",
        ["ExportService.DuplicateAsync"] = "Exports.Duplicated",
        ["ExportSchedules.SetAsync"] = "Exports.Scheduled",
        ["PersonQueries.FindAsync"] = "Lists.PersonLookedUp",
        ["PersonDataService.DownloadAsync"] = "Lists.PersonDownloaded",
        ["PersonDataService.EraseAsync"] = "Lists.PersonErased",
        ["ExportService.RemoveAsync"] = "Exports.Removed",
        ["ExportService.DetachAsync"] = "Exports.Detached",
        ["RunService.StartAsync"] = "Exports.RunStarted",
        ["RunService.StartManyAsync"] = "Exports.RunStarted",
        ["RunService.RetryRejectedAsync"] = "Exports.RetryStarted",
        ["RunService.SendEverythingAsync"] = "Exports.EverythingSent",
        ["RunService.UndoAsync"] = "Exports.RunUndone",
        ["RunService.CancelAsync"] = "Exports.RunCanceled",
        ["RunService.ApproveAsync"] = "Exports.RunApproved",
        ["RunService.ApproveAsync, their own export"] = "Exports.RunApproved",
        ["RunService.RejectAsync"] = "Exports.RunRejected",
        ["RunService.RejectAsync, their own export"] = "Exports.RunRejected",
        ["ListCheckService.RequestAsync"] = "Exports.ListChecked",
        ["ListCheckService.AcceptRemovalsAsync"] = "Exports.RemovalsAccepted",
        ["ListCheckService.CancelAsync"] = "Exports.ListChecked Exports.ListCheckCanceled",
        ["ListCheckService.WriteCsvAsync"] = "Exports.ListCheckDownloaded",
        ["RejectionService.WriteCsvAsync"] = "Exports.RejectionsDownloaded",
        ["RejectionService.DownloadAsync"] = "Exports.RejectionsDownloaded",
        ["RejectedProfilesCsv.WriteAsync"] = "Exports.RejectedProfilesDownloaded",
        ["SegmentService.SaveAsync"] = "Segments.Added",
        ["SegmentService.CountAsync, a stored one"] = "Segments.Counted",
        ["ManualTasks.LoadAsync"] = "Sources.Loaded",
        ["ManualTasks.CountAsync"] = "Segments.Counted",
        ["SegmentService.RemoveAsync"] = "Segments.Removed",
        ["SegmentService.RestoreAsync"] = "Segments.Restored",
        ["SourceService.SaveAsync"] = "Sources.Added",
        ["SourceService.LoadAsync"] = "Sources.Loaded",
        ["SourceService.ChooseFormatAsync"] = "Sources.Changed",
        ["SourceColumns.CheckAsync"] = "Sources.ColumnsChecked",
        ["ColumnRename.ApplyAsync"] = "Sources.ColumnRenamed Exports.Changed Sources.Loaded",
        ["SourceService.RemoveAsync"] = "Sources.Removed",
        ["RefreshService.SavePlanAsync"] = "System.RefreshPlanned",
        ["RefreshService.StartAsync"] = "System.RefreshStarted",
        ["RefreshService.CancelAsync"] = "System.RefreshStarted System.RefreshCanceled",
        ["TaskCancellation.CancelAsync, an export"] = "Exports.RunCanceled",
        ["TaskCancellation.CancelAsync, a source"] = "System.RefreshStarted System.TaskCanceled",
        ["ConfigurationFileService.ApplyAsync"] = "System.RefreshPlanned Configuration.Applied",
        ["SourceUploads.SaveAsync"] = "Sources.FileUploaded",
        ["TestProfiles.SendAsync"] = "Exports.TestProfileSent",
    };

    /// <summary>Actions that answer differently instead of refusing. Their answers are tested.</summary>
    private static readonly string[] AnswersByRight =
    [
        "ConnectionService.ListUsableAsync",
        "PracticeConnections.CanAddAsync",
        "SampleSource.CanAddAsync",
        "SearchQueries.FindAsync",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, char> Cases =>
        [.. from action in Actions from who in action.Value.Allowed select new TheoryDataRow<string, char>(action.Key, who)];

    /// <summary>No mail server is configured: an administrator gets this message, and other people are refused before.</summary>
    private static async Task WithoutMailAsync(Func<Task> doAsync)
    {
        try
        {
            await doAsync();
        }
        catch (LocalizedException told) when (told.LocalizedMessage.Code == "Alerts.NoMail") { }
    }

    /// <summary>The source has no rows that were left out, which only people with the right are told.</summary>
    private static async Task DownloadNoRowsAsync(Ground ground, Actor who)
    {
        try
        {
            await ground.Get<MalformedRowsDownload>().WriteAsync(who, ground.SourceId, Stream.Null, Cancel);
        }
        catch (SourceException) { }
    }

    [Fact]
    public void Every_public_action_with_an_actor_is_in_the_table()
    {
        var services = typeof(ConnectionService)
            .Assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && !type.IsAssignableTo(typeof(Delegate)));
        var actions = services
            .SelectMany(type =>
                type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                    .Where(method =>
                        typeof(Task).IsAssignableFrom(method.ReturnType)
                        && method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Actor))
                    )
                    .Select(method => $"{type.Name}.{method.Name}")
            )
            .Distinct();

        Assert.Equal(
            Actions.Keys.Select(action => action.Split(',')[0]).Concat(AnswersByRight).Distinct().Order(StringComparer.Ordinal),
            actions.Order(StringComparer.Ordinal)
        );
    }

    [Theory, Trait(Needs.Trait, Needs.Time)]
    [MemberData(nameof(Cases))]
    public async Task Permitted_people_can_do_it_and_the_audit_says_that_they_did(string action, char who)
    {
        await using var ground = await Ground.CreateAsync(shared: who != 'c');
        var before = await ground.EntriesOfAsync(ActorOf(who));

        await Actions[action].DoAsync(ground, ActorOf(who));

        var entries = (await ground.EntriesOfAsync(ActorOf(who))).Skip(before.Count).ToList();
        var deed = action == "RunService.StartManyAsync" && who == 'c' ? "" : Deeds.GetValueOrDefault(action, "");
        // An administrator has started the run on the ground.
        if (who == 'A' && entries is ["Exports.RunStarted", ..] && !deed.StartsWith("Exports.RunStarted", StringComparison.Ordinal))
            entries.RemoveAt(0);
        Assert.Equal(deed, string.Join(' ', entries));
    }

    [Theory]
    [InlineData('C')]
    [InlineData('c')]
    [InlineData('O')]
    [InlineData('V')]
    public async Task Other_people_are_refused_and_nothing_is_changed(char who)
    {
        await using var ground = await Ground.CreateAsync(shared: who != 'c');
        await ground.RunIdAsync();
        // The run that the test tries to cancel.
        await ground.Product.QueueAsync(ground.ExportId);
        var before = await ground.ContentAsync();

        foreach (var (action, (allowed, doAsync)) in Actions.Where(action => !action.Value.Allowed.Contains(who, StringComparison.Ordinal)))
            Assert.True(
                await Record.ExceptionAsync(() => doAsync(ground, ActorOf(who))) is NotAllowedException,
                $"{action} is for {allowed}, not for {who}."
            );

        Assert.Equal(before, await ground.ContentAsync());
    }

    [Theory]
    [InlineData('A', true, true, true)]
    [InlineData('C', true, true, true)]
    [InlineData('c', false, false, false)]
    [InlineData('O', false, true, false)]
    [InlineData('V', false, false, false)]
    public async Task The_permissions_shown_on_pages_are_those_the_services_check(char who, bool edit, bool run, bool seeEmails)
    {
        await using var ground = await Ground.CreateAsync(shared: who != 'c');
        var expected = new ExportPermissions(edit, run, seeEmails);

        Assert.Equal(expected, (await ground.Get<ExportService>().GetAsync(ActorOf(who), ground.ExportId, Cancel)).Permissions);
        Assert.Equal(
            expected,
            Assert.Single((await ground.Get<ExportQueries>().PageAsync(ActorOf(who), new ExportQuery(), Cancel)).Rows).Permissions
        );
        Assert.Equal(expected, (await ground.Get<RunQueries>().GetAsync(ActorOf(who), await ground.RunIdAsync(), Cancel)).Permissions);
    }

    [Theory]
    [InlineData('A', true)]
    [InlineData('C', true)]
    [InlineData('c', false)]
    [InlineData('O', false)]
    [InlineData('V', false)]
    public async Task The_address_of_a_rejected_profile_is_shown_to_people_who_can_correct_it(char who, bool sees)
    {
        await using var ground = await Ground.CreateAsync(shared: who != 'c');

        var row = Assert.Single(
            (await ground.Get<RejectionService>().ListAsync(ActorOf(who), await ground.RunIdAsync(), new RejectionQuery(), Cancel)).Rows
        );

        Assert.Equal(sees ? "ana at shop" : null, row.Email);
        Assert.Equal("2", row.ProfileKey);
    }

    [Theory]
    [InlineData(Sharing.Administrators, "admin")]
    [InlineData(Sharing.AllContributors, "admin carla dario")]
    [InlineData(Sharing.ChosenContributors, "admin carla")]
    public async Task A_connection_can_be_used_by_the_people_it_is_shared_with(Sharing sharing, string users)
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync(sharing: Sharing.Administrators);
        await product
            .Get<ConnectionService>()
            .SaveAsync(
                Product.Administrator,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = "Shop",
                    Sharing = sharing,
                    ChosenContributors = sharing == Sharing.ChosenContributors ? ["carla"] : [],
                },
                Cancel
            );

        var able = new List<string>();
        foreach (
            var actor in new[]
            {
                Product.Administrator,
                Product.Contributor,
                new Actor("dario", "Dario", Role.Contributor),
                Product.Operator,
                Product.Viewer,
            }
        )
            if (await product.Get<ConnectionService>().ListUsableAsync(actor, Cancel) is [{ Name: "Shop" }])
                able.Add(actor.Id);

        Assert.Equal(users, string.Join(' ', able));
    }

    [Fact]
    public async Task A_connection_can_be_shared_with_contributors_only()
    {
        await using var product = await Product.CreateAsync();

        Assert.Equal("Carla", Assert.Single(await product.Get<ConnectionService>().ContributorsAsync(Product.Administrator, Cancel)).Name);
    }

    private static Actor ActorOf(char who) =>
        who switch
        {
            'A' => Product.Administrator,
            'C' or 'c' => Product.Contributor,
            'O' => Product.Operator,
            _ => Product.Viewer,
        };

    /// <summary>One of everything that an action can change.</summary>
    private sealed class Ground : IAsyncDisposable
    {
        public static readonly Uri Callback = new("http://localhost/connections/klaviyo/callback");

        private readonly Dictionary<string, int> _drafts = [];
        private int? _runId;

        public required Product Product { get; init; }

        public required Connection Connection { get; init; }

        public required int UnusedId { get; init; }

        public required int SourceId { get; init; }

        public required int UnusedSourceId { get; init; }

        public required int UnusedSegmentId { get; init; }

        public RemovedSegment RemovedSegment =>
            new(
                new Segment
                {
                    Name = "Removed",
                    SourceId = SourceId,
                    Definition = Everybody,
                    CreatedBy = "test",
                },
                []
            );

        public required int ExportId { get; init; }

        public required int WebhookId { get; init; }

        /// <summary>As if the column with the names were gone.</summary>
        public async Task LoseColumnAsync()
        {
            var drift = new SchemaDrift([
                new(ColumnChangeKind.Gone, "name", DateTimeOffset.UnixEpoch),
                new(ColumnChangeKind.Added, "phone", DateTimeOffset.UnixEpoch),
            ]);
            await using var db = await Product.OpenAsync();
            await db.Set<Source>()
                .Where(source => source.Id == SourceId)
                .ExecuteUpdateAsync(set => set.SetProperty(source => source.Drift, drift), Cancel);
        }

        public SourceDraft SourceDraft =>
            new()
            {
                Name = "New",
                Kind = SourceKind.Sqlite,
                Location = Path.Combine(Product.Directory, "Customers.db"),
                Table = "customers",
                KeyColumns = ["id"],
            };

        public static async Task<Ground> CreateAsync(bool shared)
        {
            var product = await Product.CreateAsync(hasApp: true, settings: new() { ["KeyVault:Uri"] = "https://vault.example" });
            var sharing = shared ? Sharing.AllContributors : Sharing.ChosenContributors;
            var connection = await product.AddConnectionAsync("Practice", sharing);
            var customers = await product.AddCustomersAsync(
                "Customers",
                [new("1", "ana@shop.example", "Ana"), new("2", "ana at shop", "Ana")]
            );
            var other = await product.AddCustomersAsync("Others", []);
            var bare = await product.AddCustomersAsync("Bare", []);
            await using (var db = await product.OpenAsync())
            {
                db.Remove(bare.Segment);
                await db.SaveChangesAsync(Cancel);
            }
            var export = await product.AddExportAsync("Newsletter", connection, customers);
            var ground = new Ground
            {
                Product = product,
                Connection = connection,
                UnusedId = (await product.AddConnectionAsync("Unused", sharing, SecondStore.Id, SecondStore.FullKey)).Id,
                SourceId = customers.Source.Id,
                UnusedSourceId = bare.Source.Id,
                UnusedSegmentId = other.Segment.Id,
                ExportId = export,
                WebhookId = await AddWebhookAsync(product),
            };
            foreach (var who in (Actor[])[Product.Administrator, Product.Contributor, Product.Operator, Product.Viewer])
                await ground.AddDraftAsync(who);
            return ground;
        }

        /// <summary>
        /// A complete draft that belongs to the person even if the person may not have one, so that the permission refuses and not the
        /// missing draft.
        /// </summary>
        public int DraftOf(Actor who) => _drafts[who.Id];

        /// <summary>A finished run of the export, executed when it is first asked for: few of the actions need one.</summary>
        public async Task<int> RunIdAsync() => _runId ??= (await Product.RunAsync(ExportId)).Id;

        public FreshSignIn ProofOf(Actor who) => new(who.Id, Get<TimeProvider>().GetUtcNow());

        /// <summary>The state of a sign-in at Klaviyo. People who may not sign in there get an invented one.</summary>
        public async Task<string?> StateOfAsync(Actor who) =>
            who.Role != Role.Administrator
                ? "made-up"
                : System.Web.HttpUtility.ParseQueryString(
                    (await Get<KlaviyoSignIns>().BeginForConnectionAsync(who, Connection.Id, Callback, Cancel)).Query
                )["state"];

        public T Get<T>()
            where T : notnull => Product.Get<T>();

        /// <summary>What the audit says that a person did.</summary>
        public async Task<IReadOnlyList<string>> EntriesOfAsync(Actor who)
        {
            await using var db = await Product.OpenAsync();
            return await db.Set<AuditEntry>()
                .Where(entry => entry.ActorId == who.Id)
                .OrderBy(entry => entry.Id)
                .Select(entry => entry.Action)
                .ToListAsync(Cancel);
        }

        public async Task<ExportDraft> DraftAsync() => (await Get<ExportService>().GetAsync(Product.Administrator, ExportId, Cancel)).Draft;

        /// <summary>The run that waits for approval. People who may not decide are refused before it is read.</summary>
        public async Task<int> WaitingRunAsync(Actor who, bool own)
        {
            if (
                own
                    ? !KlaviyoExport.People.Rules.RunExports.Rule.Allows(who, Connection.Sharing == Sharing.AllContributors)
                    : who.Role != Role.Administrator
            )
                return await RunIdAsync();
            var waiting = await RunIdAsync();
            await using var db = await Product.OpenAsync();
            await db.Set<Run>()
                .Where(run => run.Id == waiting)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(run => run.State, RunState.NeedsApproval)
                            .SetProperty(run => run.ActiveExportId, ExportId)
                            .SetProperty(run => run.FinishedAt, (DateTimeOffset?)null),
                    Cancel
                );
            await db.Set<Export>()
                .Where(export => export.Id == ExportId)
                .ExecuteUpdateAsync(set => set.SetProperty(export => export.OwnerId, own ? who.Id : "somebody"), Cancel);
            return waiting;
        }

        private static async Task<int> AddWebhookAsync(Product product)
        {
            await using var db = await product.OpenAsync();
            var webhook = new AlertWebhook
            {
                Name = "Hook",
                // Nothing listens there.
                Url = product.Get<SecretProtector>().ProtectCredential("http://127.0.0.1:9"),
                Host = "127.0.0.1",
                CreatedBy = "Ana",
            };
            db.Add(webhook);
            await db.SaveChangesAsync(Cancel);
            return webhook.Id;
        }

        private async Task AddDraftAsync(Actor who)
        {
            var now = Get<TimeProvider>().GetUtcNow();
            var draft = new ConnectionDraft
            {
                OwnerId = who.Id,
                Name = "Shop " + who.Name,
                ApiKey = Get<SecretProtector>().ProtectCredential(PracticeStore.NoListsWriteKey),
                StartedAt = now,
                ChangedAt = now,
                AgreedAt = now,
                Check = new AccountCheck(PracticeStore.Id, "Practice Store", null, true, []) { At = now },
                AuthenticatedAt = now,
                ExportUserAt = now,
                Grant = Get<SecretProtector>().ProtectCredential("{}"),
            };
            await using var db = await Product.OpenAsync();
            db.Add(draft);
            await db.SaveChangesAsync(Cancel);
            _drafts[who.Id] = draft.Id;
        }

        public Task<string> ServiceAccountAsync() => AddPersonAsync(isServiceAccount: true);

        public async Task<int> TokenAsync()
        {
            var token = new ApiToken
            {
                OwnerId = await ServiceAccountAsync(),
                Name = "old",
                Hash = Guid.NewGuid().ToByteArray(),
                Ending = "0000",
                CreatedBy = "Somebody",
            };
            await using var db = await Product.OpenAsync();
            db.Add(token);
            await db.SaveChangesAsync(Cancel);
            return token.Id;
        }

        /// <summary>A person to manage.</summary>
        public Task<string> PersonAsync() => AddPersonAsync(isServiceAccount: false);

        private async Task<string> AddPersonAsync(bool isServiceAccount)
        {
            await using var db = await Product.OpenAsync();
            var user = new AppUser
            {
                UserName = Guid.NewGuid().ToString(),
                DisplayName = "Somebody",
                Role = Role.Viewer,
                IsServiceAccount = isServiceAccount,
            };
            db.Set<AppUser>().Add(user);
            await db.SaveChangesAsync(Cancel);
            return user.Id;
        }

        /// <summary>Everything that people can change.</summary>
        public async Task<string> ContentAsync()
        {
            await using var db = await Product.OpenAsync();
            return System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    Connections = await db.Set<Connection>()
                        .AsNoTracking()
                        .Select(row => new
                        {
                            row.Id,
                            row.Name,
                            row.Sharing,
                            row.ExportUserId,
                            row.Version,
                        })
                        .ToListAsync(Cancel),
                    Drafts = await db.Set<ConnectionDraft>().AsNoTracking().ToListAsync(Cancel),
                    SignIns = await db.Set<KlaviyoSignIn>().AsNoTracking().ToListAsync(Cancel),
                    Exports = await db.Set<Export>().AsNoTracking().ToListAsync(Cancel),
                    Segments = await db.Set<Segment>().AsNoTracking().ToListAsync(Cancel),
                    Sources = await db.Set<Source>().AsNoTracking().ToListAsync(Cancel),
                    Runs = await db.Set<Run>().AsNoTracking().ToListAsync(Cancel),
                    Plans = await db.Set<RefreshPlan>().AsNoTracking().ToListAsync(Cancel),
                    Refreshes = await db.Set<Refresh>().AsNoTracking().ToListAsync(Cancel),
                    Tasks = await db.Set<RefreshTask>().AsNoTracking().ToListAsync(Cancel),
                    Alerts = await db.Set<AlertSettings>().AsNoTracking().ToListAsync(Cancel),
                    AlertsOfExports = await db.Set<ExportAlerts>().AsNoTracking().ToListAsync(Cancel),
                    Webhooks = await db.Set<AlertWebhook>().AsNoTracking().ToListAsync(Cancel),
                    Outbox = await db.Set<OutboxMessage>().AsNoTracking().ToListAsync(Cancel),
                    Audit = await db.Set<AuditEntry>().AsNoTracking().ToListAsync(Cancel),
                }
            );
        }

        public ValueTask DisposeAsync() => Product.DisposeAsync();
    }
}
