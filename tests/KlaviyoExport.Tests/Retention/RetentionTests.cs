using KlaviyoExport.Dispatch;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Retention;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Retention;

public class RetentionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expired_rejections_are_deleted_and_the_run_says_so()
    {
        await using var bench = await BenchAsync();
        var (old, young) = (await bench.RunAsync(), await bench.RunAsync());
        await AddAsync(bench, old.Id, 2_500);
        await EndedAsync(bench, old.Id, TimeSpan.FromDays(31));
        await EndedAsync(bench, young.Id, TimeSpan.FromDays(29));

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        Assert.Empty(await bench.RejectionsAsync(old.Id));
        Assert.Single(await bench.RejectionsAsync(young.Id));
        var view = await bench.Product.Get<RunQueries>().GetAsync(Product.Administrator, old.Id, Cancel);
        Assert.Equal((true, false, 1), (view.Run.RejectionsPurgedAt is not null, view.MayRetryRejected, view.Run.Ledger.Invalid));
        Assert.Null((await bench.FindAsync(young.Id)).RejectionsPurgedAt);
        var refusal = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            bench.Product.Get<RunService>().RetryRejectedAsync(Product.Operator, old.Id, null, Cancel)
        );
        Assert.Equal("Delivery.RejectionsPurged", refusal.LocalizedMessage.Code);
    }

    [Fact]
    public async Task Responses_of_the_API_are_forgotten_after_a_day()
    {
        await using var bench = await BenchAsync();
        await using var db = await bench.Product.OpenAsync();
        var now = DateTimeOffset.UtcNow;
        foreach (var (key, at) in new[] { ("old", now.AddHours(-25)), ("young", now.AddHours(-23)) })
            db.Add(
                new ApiRequest
                {
                    OwnerId = "owner",
                    Key = key,
                    Fingerprint = [1],
                    At = at,
                }
            );
        await db.SaveChangesAsync(Cancel);

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        Assert.Equal(["young"], await db.Set<ApiRequest>().Select(request => request.Key).ToListAsync(Cancel));
    }

    [Fact]
    public async Task The_examples_of_values_expire_with_the_rejections_and_their_number_stays()
    {
        await using var bench = await Workbench.CreateAsync([new("k1", "Ana <ana@shop.example>", "Ana")]);
        var (old, young) = (await bench.RunAsync(), await bench.RunAsync());
        await EndedAsync(bench, old.Id, TimeSpan.FromDays(31));
        await EndedAsync(bench, young.Id, TimeSpan.FromDays(29));

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        await using var db = await bench.Product.OpenAsync();
        var stored = await db.Set<FieldOutcome>().OrderBy(outcome => outcome.RunId).ToListAsync(Cancel);
        Assert.Equal([(1, 0), (1, 1)], stored.Select(outcome => ((int)outcome.Count, outcome.Examples.Count)));
    }

    [Fact]
    public async Task Rejections_that_a_running_resend_needs_are_kept()
    {
        await using var bench = await BenchAsync();
        var old = await bench.RunAsync();
        var retry = await bench.Product.Get<RunService>().RetryRejectedAsync(Product.Operator, old.Id, null, Cancel);
        await EndedAsync(bench, old.Id, TimeSpan.FromDays(500));

        await bench.Product.Get<Purge>().RunAsync(Cancel);
        Assert.Equal(1, (await bench.GoOnAsync(retry)).Ledger.Members);

        await bench.Product.Get<Purge>().RunAsync(Cancel);
        await using var db = await bench.Product.OpenAsync();
        Assert.False(await db.Set<Rejection>().AnyAsync(rejection => rejection.RunId == old.Id, Cancel));
    }

    [Fact]
    public async Task Whom_a_run_has_removed_is_forgotten_with_its_rejections()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Mirror);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(1));
        var run = await bench.RunAsync();
        await using var db = await bench.Product.OpenAsync();
        await EndedAsync(bench, run.Id, TimeSpan.FromDays(29));
        await bench.Product.Get<Purge>().RunAsync(Cancel);
        Assert.Equal(2, await db.Set<RemovedMember>().CountAsync(Cancel));
        await EndedAsync(bench, run.Id, TimeSpan.FromDays(31));

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        Assert.Empty(await db.Set<RemovedMember>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Old_counts_of_segments_are_deleted()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await using var db = await bench.Product.OpenAsync();
        var segment = await db.Set<Segment>().SingleAsync(Cancel);
        var today = DateOnly.FromDateTime(bench.Product.Get<TimeProvider>().GetUtcNow().UtcDateTime);
        foreach (var age in new[] { 399, 402 })
            db.Add(
                new SegmentCount
                {
                    SegmentId = segment.Id,
                    Day = today.AddDays(-age),
                    Members = 1,
                }
            );
        await db.SaveChangesAsync(Cancel);

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        Assert.DoesNotContain(
            await db.Set<SegmentCount>().Select(count => count.Day).ToListAsync(Cancel),
            day => day == today.AddDays(-402)
        );
        Assert.Contains(await db.Set<SegmentCount>().Select(count => count.Day).ToListAsync(Cancel), day => day == today.AddDays(-399));
    }

    [Fact]
    public async Task Old_runs_are_deleted_except_the_latest_and_those_used_for_comparison()
    {
        await using var bench = await BenchAsync();
        var runs = new List<Run>();
        for (var number = 0; number < 4; number++)
            runs.Add(await bench.RunAsync());
        await StateAsync(bench, runs[2].Id, RunState.FailedPermanent);
        await StateAsync(bench, runs[3].Id, RunState.Canceled);
        foreach (var run in runs)
            await EndedAsync(bench, run.Id, TimeSpan.FromDays(401));

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        await using var db = await bench.Product.OpenAsync();
        Assert.Equal([runs[1].Id, runs[3].Id], await db.Set<Run>().OrderBy(run => run.Id).Select(run => run.Id).ToListAsync(Cancel));
        Assert.Equal(2, await db.Set<Batch>().Select(batch => batch.RunId).Distinct().CountAsync(Cancel));
    }

    [Fact]
    public async Task A_run_that_has_not_ended_is_never_deleted_however_old_it_is()
    {
        await using var bench = await BenchAsync();
        var waiting = await bench.QueueAsync();
        await EndedAsync(bench, waiting, TimeSpan.FromDays(5_000));

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        Assert.Equal(RunState.Queued, (await bench.FindAsync(waiting)).State);
    }

    [Fact]
    public async Task Only_payloads_of_ended_runs_are_deleted()
    {
        await using var bench = await BenchAsync();
        var ended = await bench.RunAsync();
        var open = await bench.QueueAsync();
        await using (var db = await bench.Product.OpenAsync())
        {
            foreach (var batch in await db.Set<Batch>().Where(batch => batch.RunId == ended.Id).ToListAsync(Cancel))
                batch.Payload = new BatchPayload { Content = [1] };
            db.Set<Batch>()
                .Add(
                    new Batch
                    {
                        RunId = open,
                        Number = 1,
                        Prepared = 1,
                        Payload = new BatchPayload { Content = [2] },
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }

        await bench.Product.Get<Purge>().RunAsync(Cancel);

        await using var after = await bench.Product.OpenAsync();
        Assert.Equal([2], (await after.Set<BatchPayload>().SingleAsync(Cancel)).Content);
    }

    [Theory]
    [InlineData("Retention:Rejections", "00:10:00")]
    [InlineData("Retention:Runs", "1.00:00:00")]
    [InlineData("Delivery:Approval:Share", "0")]
    [InlineData("Delivery:Approval:AtLeast", "0")]
    [InlineData("Delivery:Approval:Patience", "1000.00:00:00")]
    public async Task Impossible_settings_are_named_at_start(string key, string value)
    {
        await using var product = await Product.CreateAsync(settings: new() { [key] = value });

        var fault = await Assert.ThrowsAnyAsync<Exception>(product.StartAsync);

        Assert.Contains(key, fault.Message, StringComparison.Ordinal);
    }

    private static Task<Workbench> BenchAsync() => Workbench.CreateAsync([.. Customer.Many(2), new("m", "ana at shop", "Ana")]);

    private static async Task AddAsync(Workbench bench, int runId, int count)
    {
        await using var db = await bench.Product.OpenAsync();
        db.Set<Rejection>()
            .AddRange(
                Enumerable
                    .Range(10, count)
                    .Select(number => new Rejection
                    {
                        RunId = runId,
                        Ordinal = number,
                        ProfileKey = $"k{number}",
                        Reason = RejectionReason.Refused,
                    })
            );
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task EndedAsync(Workbench bench, int runId, TimeSpan ago)
    {
        await using var db = await bench.Product.OpenAsync();
        await db.Set<Run>()
            .Where(run => run.Id == runId)
            .ExecuteUpdateAsync(set => set.SetProperty(run => run.FinishedAt, DateTimeOffset.UtcNow - ago), Cancel);
    }

    private static async Task StateAsync(Workbench bench, int runId, RunState state)
    {
        await using var db = await bench.Product.OpenAsync();
        await db.Set<Run>().Where(run => run.Id == runId).ExecuteUpdateAsync(set => set.SetProperty(run => run.State, state), Cancel);
    }
}
