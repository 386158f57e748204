using System.Diagnostics;
using System.Globalization;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Cluster;

/// <summary>
/// Three servers run thirty exports to five accounts while servers are killed at random times. Runs once with two kills. With
/// <c>KLAVIYOEXPORT_LONG=1</c> it runs ten times more, each time with six kills and restarts and one server that is paused for longer
/// than the others wait. The seed is <c>KLAVIYOEXPORT_SEED</c>.
/// </summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class ClusterTests
{
    private const int Accounts = 5;
    private const int Exports = 30;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int, int> Seeds
    {
        get
        {
            var theory = new TheoryData<int, int> { { 1, 2 } };
            if (Environment.GetEnvironmentVariable("KLAVIYOEXPORT_LONG") != "1")
                return theory;
            var seed = int.TryParse(Environment.GetEnvironmentVariable("KLAVIYOEXPORT_SEED"), CultureInfo.InvariantCulture, out var set)
                ? set
                : 1_000;
            for (var round = 0; round < 10; round++)
                theory.Add(seed + round, 6);
            return theory;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Killed_servers_lose_nothing_count_nothing_twice_and_never_share_an_account(int seed, int kills)
    {
        var random = new Random(seed);
        var (fleet, exports) = await Fleet.CreateAsync(Accounts, Exports);
        await using var _ = fleet;
        var machines = (await Task.WhenAll(fleet.StartAsync(), fleet.StartAsync(), fleet.StartAsync())).ToList();
        var watch = Stopwatch.StartNew();
        foreach (var export in exports)
            await fleet.Product.QueueAsync(export);
        var due = await ScheduleAsync(fleet, exports[..Accounts]);

        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(300, 2_500), Cancel);
            var victim = random.Next(machines.Count);
            if (kills > 2 && kill == 0)
            {
                // Longer than the others wait: they take over its runs while it is paused.
                machines[victim].Signal("STOP");
                await Task.Delay(TimeSpan.FromSeconds(6), Cancel);
                machines[victim].Signal("CONT");
                continue;
            }
            machines[victim].Kill();
            machines.RemoveAt(victim);
            if (kills > 2)
                machines.Add(await fleet.StartAsync());
        }
        await fleet.EndAsync(TimeSpan.FromMinutes(3));
        watch.Stop();

        await CheckRunsAsync(fleet, exports, due);
        var executions = await fleet.ExecutionsAsync();
        CheckAccounts(executions);
        var all = executions.SelectMany(account => account).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {seed}: {kills} kills, {all.Select(execution => execution.RunId).Distinct().Count()} runs in {all.Count} executions on {all.Select(execution => execution.Node).Distinct().Count()} machines, {watch.Elapsed.TotalSeconds:0} s"
        );
    }

    private static async Task<DateTimeOffset> ScheduleAsync(Fleet fleet, List<int> exports)
    {
        var due = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddSeconds(3).ToUnixTimeSeconds());
        await using var db = await fleet.Product.OpenAsync();
        await db.Set<Export>()
            .Where(export => exports.Contains(export.Id))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(
                            export => export.Schedule,
                            new ExportSchedule
                            {
                                IsOn = true,
                                Own = new Recurrence { Kind = RecurrenceKind.Hourly },
                            }
                        )
                        .SetProperty(export => export.NextRunAt, due),
                Cancel
            );
        await fleet.Product.Get<Alarm>().SetAsync(due, Cancel);
        return due;
    }

    private static async Task CheckRunsAsync(Fleet fleet, List<int> exports, DateTimeOffset due)
    {
        // An occurrence that comes while its export is running waits for the end of the run.
        await using var db = await fleet.Product.OpenAsync();
        await Patience.UntilAsync(async () =>
            await db.Set<Run>().CountAsync(run => run.Trigger == RunTrigger.Schedule && run.FinishedAt != null, Cancel) >= Accounts
        );
        var runs = await fleet.RunsAsync();
        Assert.All(
            runs,
            run => Assert.Equal((RunState.Successful, Fleet.Members, true), (run.State, run.Ledger.Accepted, run.Ledger.AddsUp))
        );
        Assert.Equal(exports, runs.Where(run => run.Trigger == RunTrigger.Person).Select(run => run.ExportId).Order());
        Assert.Equal(
            exports[..Accounts].Select(export => (export, (DateTimeOffset?)due)),
            runs.Where(run => run.Trigger == RunTrigger.Schedule).Select(run => (run.ExportId, run.DueAt)).Order()
        );
        Assert.Empty(await db.Set<BatchPayload>().ToListAsync(Cancel));
        for (var export = 0; export < Exports; export++)
            Assert.Equal(
                Fleet.Members,
                fleet
                    .Product.Sandbox.State.Members(Fleet.ListOf(export), Fleet.AccountOf(export % Accounts))
                    .Select(member => member.Email)
                    .Distinct()
                    .Count()
            );
    }

    private static void CheckAccounts(ILookup<string, Fleet.Execution> executions)
    {
        foreach (var account in executions)
        {
            foreach (var (before, after) in account.Zip(account.Skip(1)))
                Assert.True(before.To <= after.From, $"{before} and {after} went on at once.");
        }
    }
}
