using System.Globalization;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>
/// Kills the application at a random time in each stage of a run, while Klaviyo has faults, and restarts it. The result must be the same
/// as without the kills. One run (6 kills) always runs; with <c>KLAVIYOEXPORT_LONG=1</c> forty more (240 kills). The seed is
/// <c>KLAVIYOEXPORT_SEED</c>.
/// </summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class KillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly FaultKind[] Kinds =
    [
        FaultKind.Status,
        FaultKind.ResetBeforeBody,
        FaultKind.ResetMidBody,
        FaultKind.ResetMidAnswer,
        FaultKind.LoseAnswer,
        FaultKind.Truncate,
        FaultKind.Empty,
        FaultKind.NotJson,
        FaultKind.Delay,
    ];

    // Ten times as many as before would need approval.
    private const string NoApproval = "Delivery:Approval:AtLeast";

    // Several batches are on their way at a time, and leave while members are read.
    private const string BatchSize = "Delivery:BatchSize";

    private static readonly Customer[] Before =
    [
        .. Customer.Many(2_900),
        .. Enumerable
            .Range(0, 60)
            .Select(number => new Customer($"o{number}", $"o{number}@shop.example", "O") { Phone = $"+3816411110{number:d2}" }),
    ];

    // Some profiles leave, in three calls that are in flight together, some are new, and some have no address, an invalid one or a
    // duplicate, or are refused by Klaviyo
    // later. The phones of those who leave belong to them in Klaviyo further on, so the profiles that have them now are sent again without
    // them.
    private static readonly Customer[] After =
    [
        .. Customer.Many(13_100).Skip(2_700),
        .. Enumerable.Range(0, 130).Select(number => new Customer($"f{number}", $"f{number}@async-fail.example", "F")),
        .. Enumerable.Range(0, 30).Select(number => new Customer($"n{number}", null, "N")),
        .. Enumerable.Range(0, 20).Select(number => new Customer($"i{number}", $"{number} at home", "I")),
        .. Enumerable
            .Range(0, 60)
            .Select(number => new Customer($"p{number}", $"p{number}@shop.example", "P") { Phone = $"+3816411110{number:d2}" }),
        .. Enumerable
            .Range(0, 30)
            .Select(number => new Customer($"q{number}", $"q{number}@shop.example", "Q") { Phone = $"+3816422220{number / 2:d2}" }),
        .. Enumerable.Range(0, 10).Select(number => new Customer($"z{number}", $"C{5000 + number}@SHOP.example", "Z")),
    ];

    // Every stage, and the moments after profiles are prepared to be sent again without a value.
    private static readonly (Stage Stage, bool IsInRound)[] Moments =
    [
        .. Enum.GetValues<Stage>().Where(stage => stage <= Stage.Confirm).Select(stage => (stage, false)),
        (Stage.Confirm, true),
        .. Enum.GetValues<Stage>().Where(stage => stage > Stage.Confirm).Select(stage => (stage, false)),
    ];

    // The result of a run without kills.
    private static readonly Lazy<Task<Outcome>> Undisturbed = new(async () =>
    {
        await using var bench = await CreateAsync();
        return await Outcome.OfAsync(bench, await bench.RunAsync());
    });

    public static TheoryData<int> Seeds
    {
        get
        {
            var theory = new TheoryData<int>(1);
            if (Environment.GetEnvironmentVariable("KLAVIYOEXPORT_LONG") != "1")
                return theory;
            var seed = int.TryParse(Environment.GetEnvironmentVariable("KLAVIYOEXPORT_SEED"), CultureInfo.InvariantCulture, out var set)
                ? set
                : 1_000;
            theory.AddRange(Enumerable.Range(seed, 40).ToArray());
            return theory;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_run_killed_in_any_stage_ends_as_if_it_had_not_been_killed(int seed)
    {
        var random = new Random(seed);
        await using var bench = await CreateAsync();
        await SlowDownAsync(bench);
        var runId = await bench.QueueAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        foreach (var (stage, isInRound) in Moments)
        {
            AddFaults(bench, random);
            using var victim = Start(bench);
            var instant = random.Next(isInRound ? 5 : 30);
            await UntilAsync(
                bench,
                runId,
                (run, round) =>
                    run is not { State: RunState.Queued }
                    && (
                        run.Stage > stage
                        || run.FinishedAt is not null
                        || (run.Stage == stage && (round > 0 || !isInRound) && instant-- == 0)
                    ),
                victim,
                patience.Token
            );
            victim.Kill();
            var killed = await bench.FindAsync(runId);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"seed {seed}: killed in {(killed.FinishedAt is null ? killed.Stage : "the end of Close")}, {killed.State}"
            );
        }
        using var app = Start(bench);
        await UntilAsync(bench, runId, (run, _) => run.FinishedAt is not null, app, patience.Token);

        Assert.Equal(await Undisturbed.Value, await Outcome.OfAsync(bench, await bench.FindAsync(runId)));
    }

    private static async Task<Workbench> CreateAsync()
    {
        var bench = await Workbench.CreateAsync(Before, SyncMode.Mirror, new() { [NoApproval] = "1000000", [BatchSize] = "1000" });
        await MapPhoneAsync(bench);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(After);
        return bench;
    }

    private static async Task MapPhoneAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var export = await db.Set<Export>().Include(export => export.Source).SingleAsync(cancellationToken);
        export.Source!.Fields = [.. export.Source.Fields, new("phone", FieldType.Text, 1, [])];
        export.Fields = [.. export.Fields, new("phone", "phone_number")];
        await db.SaveChangesAsync(cancellationToken);
    }

    private static AppProcess Start(Workbench bench) =>
        bench.StartApp(
            NoApproval + "=1000000",
            BatchSize + "=1000",
            "Klaviyo:Retry:Tries=20",
            "Klaviyo:Retry:FirstDelay=00:00:00.010",
            "Klaviyo:Retry:MaxDelay=00:00:00.100",
            "Klaviyo:Retry:TryTimeout=00:01:00"
        );

    /// <summary>Slows down every stage, so that it can be killed in the middle.</summary>
    private static async Task SlowDownAsync(Workbench bench)
    {
        const string slow =
            "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n);";
        await using var db = await bench.Product.OpenAsync();
        await db.Database.ExecuteSqlRawAsync($"CREATE TRIGGER slow_batch BEFORE INSERT ON Batches BEGIN {slow} END");
        await db.Database.ExecuteSqlRawAsync($"CREATE TRIGGER slow_close BEFORE DELETE ON BatchPayload BEGIN {slow} END");
        foreach (
            var call in new[]
            {
                "bulk_import_profiles",
                "get_bulk_import_profiles_job",
                "get_bulk_import_profiles_jobs",
                "get_profiles_for_list",
                "remove_profiles_from_list",
            }
        )
            bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = call, DelayMs = 100 });
    }

    /// <summary>Fewer faults than the attempts of a call, so that they do not change the result.</summary>
    private static void AddFaults(Workbench bench, Random random)
    {
        for (var count = random.Next(4); count > 0; count--)
        {
            var kind = Kinds[random.Next(Kinds.Length)];
            int[] statuses = [429, 500, 502, 503, 504];
            bench.Sandbox.Faults.Add(
                new Fault(kind)
                {
                    Times = random.Next(1, 3),
                    After = random.Next(6),
                    Status = statuses[random.Next(statuses.Length)],
                    RetryAfter = random.Next(2) == 0 ? 0 : null,
                    DelayMs = 300,
                }
            );
        }
    }

    private static async Task UntilAsync(
        Workbench bench,
        int runId,
        Func<Run, int, bool> moment,
        AppProcess app,
        CancellationToken patience
    )
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        do
        {
            Assert.False(app.HasExited, app.Output);
            await using var db = await bench.Product.OpenAsync();
            var round = await db.Set<Batch>().Where(batch => batch.RunId == runId).MaxAsync(batch => (int?)batch.Round, patience);
            if (moment(await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == runId, patience), round ?? 0))
                return;
        } while (await look.WaitForNextTickAsync(patience));
    }

    /// <summary>Everything that must be the same, as text, so that a failed comparison shows the difference.</summary>
    private sealed record Outcome(RunState State, string Ledger, string Rejections, string Fields, string List)
    {
        public static async Task<Outcome> OfAsync(Workbench bench, Run run)
        {
            Assert.True(run.Ledger.AddsUp);
            await using var db = await bench.Product.OpenAsync();
            var cancellationToken = TestContext.Current.CancellationToken;
            Assert.Empty(await db.Set<BatchPayload>().ToListAsync(cancellationToken));
            Assert.All(await db.Set<Run>().AsNoTracking().ToListAsync(cancellationToken), stored => Assert.True(stored.State.IsFinal()));
            var rejected = await db.Set<Rejection>().AsNoTracking().Where(row => row.RunId == run.Id).ToListAsync(cancellationToken);
            // Batches that are resent are numbered among those that are still prepared, so a number differs from run to run. Each counts
            // what it has refused.
            Assert.All(
                await db.Set<Batch>().AsNoTracking().Where(batch => batch.RunId == run.Id).ToListAsync(cancellationToken),
                batch => Assert.Equal(batch.Refused, rejected.Count(row => row.BatchNumber == batch.Number))
            );
            var rejections = rejected
                .Select(row => $"{row.Ordinal} {row.ProfileKey} {row.Reason} {row.Code} {row.Detail} {row.BatchNumber is not null}")
                .Order(StringComparer.Ordinal);
            var fields = (await db.Set<FieldOutcome>().AsNoTracking().Where(row => row.RunId == run.Id).ToListAsync(cancellationToken))
                .Select(row => $"{row.Attribute} {row.Effect} {row.Count}")
                .Order(StringComparer.Ordinal);
            Assert.Contains("phone_number TakenInKlaviyo 60", fields);
            var members = bench
                .Sandbox.State.Members(PracticeStore.Newsletter)
                .Select(member => $"{member.Email} {member.Attributes}")
                .Order(StringComparer.Ordinal);
            return new(
                run.State,
                System.Text.Json.JsonSerializer.Serialize(run.Ledger),
                string.Join('\n', rejections),
                string.Join('\n', fields),
                string.Join('\n', members)
            );
        }
    }
}
