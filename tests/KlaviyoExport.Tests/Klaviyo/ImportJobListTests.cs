using System.Text;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Tests.Sandbox;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>The jobs of an account, of which one call names a hundred.</summary>
public sealed class ImportJobListTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private SandboxFixture _klaviyo = null!;

    private readonly CountingHandler _network = new();
    private ClientRig _rig = null!;

    private int Calls => _network.Calls;

    public async ValueTask InitializeAsync()
    {
        _klaviyo = await SandboxFixture.StartAsync(_clock);
        _rig = new ClientRig(_klaviyo.Sandbox.BaseAddress.ToString(), _clock, _network);
    }

    public async ValueTask DisposeAsync()
    {
        _rig.Dispose();
        _network.Dispose();
        await _klaviyo.DisposeAsync();
    }

    [Fact]
    public async Task One_call_names_a_hundred_jobs_newest_first_with_their_results()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.RowsFail) { Amount = 2, Times = 1 });
        var ids = Import(100);

        var jobs = await _rig.Client.GetImportJobsAsync(_klaviyo.Key, null, default).ToListAsync();

        Assert.Equal(Enumerable.Reverse(ids), jobs.Select(job => job.Id));
        Assert.Equal((ImportJobStatus.Complete, 2, 2, 0), (jobs[0].Status, jobs[0].Total, jobs[0].Completed, jobs[0].Failed));
        Assert.Equal(1, jobs[^1].Failed);
        Assert.All(jobs, job => Assert.NotNull(job.ExpiresAt));
        Assert.All(jobs, job => Assert.NotNull(job.CompletedAt));
        Assert.Equal(1, Calls);
    }

    [Fact]
    public async Task Jobs_of_every_status_are_named_the_canceled_ones_too()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.JobCancelled) { Times = 1 });
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1, After = 2 });
        Import(3);

        var jobs = await _rig.Client.GetImportJobsAsync(_klaviyo.Key, null, default).ToListAsync();

        Assert.Equal([ImportJobStatus.Processing, ImportJobStatus.Complete, ImportJobStatus.Cancelled], jobs.Select(job => job.Status));
    }

    [Fact]
    public async Task All_pages_are_read()
    {
        var ids = Import(210);

        var jobs = await _rig.Client.GetImportJobsAsync(_klaviyo.Key, null, default).ToListAsync();

        Assert.Equal(Enumerable.Reverse(ids), jobs.Select(job => job.Id));
        Assert.Equal(3, Calls);
    }

    [Fact]
    public async Task A_page_that_the_caller_does_not_need_is_not_requested()
    {
        var ids = Import(210);

        var jobs = await _rig.Client.GetImportJobsAsync(_klaviyo.Key, null, default).Take(100).ToListAsync();

        Assert.Equal(ids[110], jobs[^1].Id);
        Assert.Equal(1, Calls);
    }

    [Fact]
    public async Task Reading_ends_with_the_first_job_that_is_older_than_the_time_given()
    {
        Import(150);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var from = _clock.GetUtcNow();
        var ids = Import(5);

        var jobs = await _rig.Client.GetImportJobsAsync(_klaviyo.Key, from, default).ToListAsync();

        Assert.Equal(Enumerable.Reverse(ids), jobs.Select(job => job.Id));
        Assert.Equal(1, Calls);
    }

    [Fact]
    public async Task A_refused_page_says_why()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 403, Call = "get_bulk_import_profiles_jobs" });

        var refused = await Assert.ThrowsAsync<KlaviyoRefusedException>(() =>
            _rig.Client.GetImportJobsAsync(_klaviyo.Key, null, default).ToListAsync().AsTask()
        );

        Assert.Equal(KlaviyoRefusalKind.MissingScope, refused.Refusal.Kind);
    }

    /// <summary>Starts jobs of two profiles each, as another client of the account would, and finishes them.</summary>
    private List<string> Import(int jobs)
    {
        var state = _klaviyo.Sandbox.State;
        var ids = new List<string>();
        for (var job = 0; job < jobs; job++)
            lock (state.Gate)
            {
                var body = Encoding.UTF8.GetBytes(Imports.Of(PracticeStore.WinBack, Imports.Emails(2)));
                ids.Add(state.StartJob(state.AccountOrFirst(null), ImportRequestReader.Read(body)).Id);
            }
        state.FinishJobs();
        return ids;
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Calls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
