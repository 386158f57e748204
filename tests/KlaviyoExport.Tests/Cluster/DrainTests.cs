using System.Diagnostics;
using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Cluster;

[Trait(Needs.Trait, Needs.Process)]
public sealed class DrainTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_draining_server_takes_no_runs_and_reports_not_ready_until_it_is_resumed()
    {
        var (fleet, exports) = await Fleet.CreateAsync(accounts: 3, exports: 3);
        await using var _ = fleet;
        var (drained, other) = (await fleet.StartAsync(), await fleet.StartAsync());
        using var here = new HttpClient { BaseAddress = new Uri(await drained.SaysAsync("Klaviyo Export is at", Cancel)) };
        using var there = new HttpClient { BaseAddress = new Uri(await other.SaysAsync("Klaviyo Export is at", Cancel)) };

        using var proxied = new HttpRequestMessage(HttpMethod.Put, "/health/drain") { Headers = { { "X-Forwarded-For", "10.0.0.1" } } };
        Assert.Equal(HttpStatusCode.NotFound, (await here.SendAsync(proxied, Cancel)).StatusCode);
        Assert.Equal(
            """{"draining":true,"runs":0}""",
            await (await here.PutAsync("/health/drain", null, Cancel)).Content.ReadAsStringAsync(Cancel)
        );
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK),
            (
                (await here.GetAsync("/health/ready", Cancel)).StatusCode,
                (await here.GetAsync("/health/live", Cancel)).StatusCode,
                (await there.GetAsync("/health/ready", Cancel)).StatusCode
            )
        );
        foreach (var export in exports)
            await fleet.Product.QueueAsync(export);
        await fleet.EndAsync(TimeSpan.FromMinutes(1));

        Assert.Single((await fleet.ExecutionsAsync()).SelectMany(account => account).Select(execution => execution.Node).Distinct());
        Assert.Equal(
            """{"draining":false,"runs":0}""",
            await (await here.DeleteAsync("/health/drain", Cancel)).Content.ReadAsStringAsync(Cancel)
        );
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/health/ready", Cancel)).StatusCode);
        await using var db = await fleet.Product.OpenAsync();
        Assert.Equal(
            ["System.Drained", "System.Resumed"],
            await db.Set<AuditEntry>()
                .Where(entry => entry.From == "console")
                .OrderBy(entry => entry.Id)
                .Select(entry => entry.Action)
                .ToListAsync(Cancel)
        );
    }

    [Fact]
    public async Task A_stopped_server_releases_its_run_at_once()
    {
        var (fleet, exports) = await Fleet.CreateAsync(accounts: 1, exports: 1);
        await using var _ = fleet;
        var first = await fleet.StartAsync();
        fleet.Product.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = "get_bulk_import_profiles_job", DelayMs = 120_000 });
        var runId = await fleet.Product.QueueAsync(exports[0]);
        await fleet.Product.WaitForAsync(runId, run => run.State == RunState.Confirming);
        await fleet.StartAsync();

        first.Signal("TERM");
        await first.WaitForExitAsync(Cancel);
        var stopped = Stopwatch.GetTimestamp();
        fleet.Product.Sandbox.Faults.Clear();
        await fleet.EndAsync(TimeSpan.FromSeconds(30));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"It went on and ended {Stopwatch.GetElapsedTime(stopped).TotalSeconds:0.0} s after the first machine was gone."
        );
        var run = Assert.Single(await fleet.RunsAsync());
        Assert.Equal((RunState.Successful, Fleet.Members, 0), (run.State, run.Ledger.Accepted, run.Retries));
        Assert.Equal(
            2,
            (await fleet.ExecutionsAsync()).SelectMany(account => account).Select(execution => execution.Node).Distinct().Count()
        );
    }
}
