using System.Net;
using System.Net.Http.Headers;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Practice;

public sealed class PracticeTests
{
    /// <summary>Nothing listens there: what arrives somewhere has arrived at the practice Klaviyo.</summary>
    private const string NoKlaviyo = "--Klaviyo:BaseUrl=http://127.0.0.1:9";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_practises_with_the_samples_across_a_restart_and_removes_them_in_one_step()
    {
        var kept = Directory.CreateTempSubdirectory("klaviyo-export-web-").FullName;
        Directory.Delete(kept);
        var first = await TestApp.StartWithPeopleAsync(NoKlaviyo);
        var actor = await first.ActorAsync(Role.Administrator);
        var (connection, export) = await PractiseAsync(first, actor);
        var run = await RunAsync(first, actor, export);
        await first.StopAndKeepAsync(kept);
        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal((12, 1, 3, 1, 7, 7), CountsOf(run.Ledger));

        await using var second = await TestApp.StartInAsync(kept, NoKlaviyo);
        var list = await second
            .Services.GetRequiredService<AccountLists>()
            .SizedAsync(actor, connection, PracticeStore.NewsletterReaders, Cancel);
        Assert.Equal(7, list.ProfileCount);
        var removal = second.Services.GetRequiredService<SampleRemoval>();
        var samples = await removal.FindAsync(actor, Cancel);
        Assert.Equal(["Newsletter"], samples.Exports);
        Assert.Equal(["Best readers", "Readers"], samples.Segments);

        await removal.RemoveAsync(actor, Cancel);

        Assert.False((await removal.FindAsync(actor, Cancel)).Exist);
        await using var db = await second.OpenAsync();
        Assert.Equal((0, 0), (await db.Set<Export>().CountAsync(Cancel), await db.Set<Segment>().CountAsync(Cancel)));
        Assert.False(Directory.Exists(Path.Combine(kept, "practice")));
    }

    [Fact]
    public async Task Samples_that_an_export_to_another_account_uses_stay_and_the_message_names_it()
    {
        await using var app = await TestApp.StartWithPeopleAsync(NoKlaviyo);
        var actor = await app.ActorAsync(Role.Administrator);
        var (practice, export) = await PractiseAsync(app, actor);
        await using (var db = await app.OpenAsync())
        {
            var real = await db.Set<Connection>().AsNoTracking().SingleAsync(Cancel);
            (real.Id, real.Name, real.IsPractice, real.AccountId) = (0, "Real", false, "Real01");
            db.Add(real);
            await db.SaveChangesAsync(Cancel);
            await db.Set<Export>()
                .Where(stored => stored.Id == export)
                .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.ConnectionId, real.Id), Cancel);
        }

        var refused = await Assert.ThrowsAsync<LocalizedException>(() =>
            app.Services.GetRequiredService<SampleRemoval>().RemoveAsync(actor, Cancel)
        );

        Assert.Equal("Exports.SamplesInUse", refused.LocalizedMessage.Code);
        Assert.Contains("Newsletter", refused.LocalizedMessage.ToString(), StringComparison.Ordinal);
        await using var after = await app.OpenAsync();
        Assert.True(await after.Set<Connection>().AnyAsync(connection => connection.Id == practice, Cancel));
        Assert.True(await after.Set<Source>().AnyAsync(source => source.IsSample, Cancel));
    }

    [Fact]
    public async Task The_samples_are_added_once_leave_nothing_behind_and_are_not_part_of_the_configuration()
    {
        await using var app = await TestApp.StartWithPeopleAsync(NoKlaviyo);
        var actor = await app.ActorAsync(Role.Administrator);
        var practice = app.Services.GetRequiredService<PracticeConnections>();
        var sample = app.Services.GetRequiredService<SampleSource>();
        Assert.True(await practice.CanAddAsync(actor, Cancel));
        Assert.True(await sample.CanAddAsync(actor, Cancel));

        var (connection, _) = await PractiseAsync(app, actor);

        Assert.Equal(connection, await practice.AddAsync(actor, "Again", Cancel));
        Assert.False(await practice.CanAddAsync(actor, Cancel));
        Assert.False(await sample.CanAddAsync(actor, Cancel));
        var file = await app.Services.GetRequiredService<ConfigurationFileService>().ExportAsync(actor, Cancel);
        Assert.DoesNotContain("Practice", file, StringComparison.Ordinal);
        Assert.DoesNotContain("Newsletter", file, StringComparison.Ordinal);
        Assert.Contains("Sample customers", file, StringComparison.Ordinal);

        await app.Services.GetRequiredService<SampleRemoval>().RemoveAsync(actor, Cancel);

        Assert.True(await practice.CanAddAsync(actor, Cancel));
        Assert.True(await sample.CanAddAsync(actor, Cancel));
        Assert.Empty(Directory.GetFiles(Path.Combine(app.Directory, "uploads"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_key_and_the_account_of_the_practice_connection_cannot_be_changed()
    {
        await using var app = await TestApp.StartWithPeopleAsync(NoKlaviyo);
        var actor = await app.ActorAsync(Role.Administrator);
        var (id, _) = await PractiseAsync(app, actor);
        var connections = app.Services.GetRequiredService<ConnectionService>();
        var stored = await connections.GetAsync(actor, id, Cancel);
        ConnectionChanges With(string? key) =>
            new()
            {
                Id = id,
                Name = "Practice, renamed",
                Sharing = Sharing.Administrators,
                ApiKey = key,
                Version = stored.Version,
            };

        var refused = await Assert.ThrowsAsync<LocalizedException>(() => connections.SaveAsync(actor, With("pk_mine0000"), Cancel));
        await connections.SaveAsync(actor, With(null), Cancel);

        Assert.Equal("Connections.PracticeFixed", refused.LocalizedMessage.Code);
        Assert.Equal("Practice, renamed", (await connections.GetAsync(actor, id, Cancel)).Name);
    }

    [Fact]
    public async Task Other_programs_of_the_machine_cannot_read_the_practice_Klaviyo()
    {
        await using var app = await TestApp.StartWithPeopleAsync(NoKlaviyo);
        var practice = await app.Services.GetRequiredService<IPracticeKlaviyo>().StartAsync(Cancel);
        using var other = new HttpClient { BaseAddress = practice.Address };

        foreach (var page in new[] { "/", "/requests", "/sandbox/state", "/sandbox/state/requests", "/oauth/authorize" })
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(new Uri(page, UriKind.Relative), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(other, PracticeStore.FullKey));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other, practice.Key));
        Assert.DoesNotContain(practice.Key, practice.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_installation_without_practice_says_so()
    {
        await using var app = await TestApp.StartWithPeopleAsync(NoKlaviyo, "--Practice:Enabled=false");
        var actor = await app.ActorAsync(Role.Administrator);
        var practice = app.Services.GetRequiredService<PracticeConnections>();

        Assert.False(await practice.CanAddAsync(actor, Cancel));
        var refused = await Assert.ThrowsAsync<LocalizedException>(() => practice.AddAsync(actor, "Practice", Cancel));

        Assert.Equal("Klaviyo.OutageNoPractice", refused.LocalizedMessage.Code);
    }

    private static async Task<(int Connection, int Export)> PractiseAsync(TestApp app, Actor actor)
    {
        var source = await app.Services.GetRequiredService<SampleSource>().AddAsync(actor, "Sample customers", Cancel);
        var connection = await app.Services.GetRequiredService<PracticeConnections>().AddAsync(actor, "Practice", Cancel);
        var segments = app.Services.GetRequiredService<SegmentService>();
        var readers = await segments.SaveAsync(actor, SegmentOf("Readers", source), Cancel);
        await segments.SaveAsync(actor, SegmentOf("Best readers", source, new SegmentCondition(readers.Id, IsMember: true)), Cancel);
        var export = await app
            .Services.GetRequiredService<ExportService>()
            .SaveAsync(
                actor,
                new ExportDraft
                {
                    Name = "Newsletter",
                    ConnectionId = connection,
                    ListId = PracticeStore.NewsletterReaders,
                    SourceId = source,
                    EmailField = "email",
                    SegmentIds = [readers.Id],
                },
                Cancel
            );
        return (connection, export);
    }

    private static SegmentDraft SegmentOf(string name, int source, params ConditionNode[] conditions) =>
        new()
        {
            Name = name,
            SourceId = source,
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [.. conditions])),
        };

    private static async Task<Run> RunAsync(TestApp app, Actor actor, int export)
    {
        var id = await app.Services.GetRequiredService<RunService>().StartAsync(actor, export, Cancel);
        await using var db = await app.OpenAsync();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await db.Set<Run>().AnyAsync(run => run.Id == id && run.FinishedAt == null, Cancel))
            await look.WaitForNextTickAsync(Cancel);
        return await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == id, Cancel);
    }

    private static (long, long, long, long, long, long) CountsOf(Ledger ledger) =>
        (ledger.Members, ledger.WithoutEmail, ledger.Invalid, ledger.Duplicate, ledger.Prepared, ledger.Accepted);

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/accounts");
        request.Headers.Add("revision", "2026-07-15");
        request.Headers.Authorization = new AuthenticationHeaderValue("Klaviyo-API-Key", key);
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
