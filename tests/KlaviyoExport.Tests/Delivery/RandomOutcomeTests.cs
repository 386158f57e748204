using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using KlaviyoExport.Delivery;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>No profile is lost or counted twice, for any sequence of faults.</summary>
public sealed class RandomOutcomeTests
{
    private static readonly string[] Calls =
    [
        "bulk_import_profiles",
        "get_bulk_import_profiles_job",
        "get_bulk_import_profiles_jobs",
        "get_errors_for_bulk_import_profiles_job",
        "get_profiles_for_list",
        "remove_profiles_from_list",
    ];

    private static readonly FaultKind[] Strikes =
    [
        FaultKind.Status,
        FaultKind.ResetBeforeBody,
        FaultKind.ResetMidBody,
        FaultKind.ResetMidAnswer,
        FaultKind.LoseAnswer,
        FaultKind.Truncate,
        FaultKind.Empty,
        FaultKind.NotJson,
        FaultKind.WrongMediaType,
        FaultKind.JobCancelled,
        FaultKind.JobUnknown,
        FaultKind.ErrorsMissing,
        FaultKind.WrongPointers,
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait(Needs.Trait, Needs.Time)]
    public void Every_sequence_of_outcomes_ends_with_a_correct_ledger() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(2026, 1125),
            Prop.ForAll(Stories().ToArbitrary(), story => HoldsAsync(story).GetAwaiter().GetResult())
        );

    [Fact]
    public void No_sequence_of_transitions_leaves_an_end_state_or_keeps_an_ended_run_active() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Gen.ListOf(Gen.Elements(Enum.GetValues<RunState>()), 40).ToArbitrary(),
                moves =>
                {
                    var run = new Run
                    {
                        AccountId = "a",
                        ListId = "l",
                        RequestedBy = "Ana",
                        ActiveExportId = 1,
                    };
                    foreach (var to in moves)
                    {
                        var (before, allowed) = (run.State, run.State.CanMoveTo(to));
                        if (allowed)
                            run.MoveTo(to);
                        else
                            Assert.Throws<InvalidOperationException>(() => run.MoveTo(to));
                        Assert.Equal(allowed ? to : before, run.State);
                        Assert.False(before.IsFinal() && allowed);
                        Assert.Equal(run.State.IsFinal(), run.ActiveExportId is null);
                    }
                }
            )
        );

    /// <summary>
    /// Customers of all kinds, the faults, the number of answers after which the process is stopped, and whether the run is canceled at
    /// the end.
    /// </summary>
    private sealed record Story(
        SyncMode Mode,
        int Good,
        int Missing,
        int Wrong,
        int Twice,
        int Refused,
        int Left,
        Fault[] Faults,
        int[] Stops,
        bool Canceled,
        int BatchSize
    )
    {
        public override string ToString() =>
            $"{Mode}, {BatchSize} a batch: {Good} good, {Missing} without, {Wrong} wrong, {Twice} twice, {Refused} refused, {Left} left; stops {string.Join(' ', Stops)}{(Canceled ? "; canceled" : "")}; {string.Join("; ", Faults.Select(fault => $"{fault.Kind} {fault.Call} {fault.Status} after {fault.After} × {fault.Times}"))}";

        public IEnumerable<Customer> Before =>
            Customer
                .Many(Good)
                .Concat(Enumerable.Range(0, Left).Select(number => new Customer($"l{number}", $"l{number}@shop.example", "L")));

        public IEnumerable<Customer> Now =>
            [
                .. Customer.Many(Good).Select((customer, at) => at % 2 == 0 ? customer with { Name = "Changed" } : customer),
                .. Enumerable.Range(0, Missing).Select(number => new Customer($"m{number}", null, "M")),
                .. Enumerable.Range(0, Wrong).Select(number => new Customer($"w{number}", $"{number} at home", "W")),
                // A duplicate equals the first profile with its address.
                .. Enumerable.Range(0, Good == 0 ? 0 : Twice).Select(number => new Customer($"t{number}", "C0@SHOP.example", "T")),
                .. Enumerable.Range(0, Refused).Select(number => new Customer($"r{number}", $"r{number}@async-fail.example", "R")),
            ];
    }

    private static Gen<Story> Stories() =>
        from mode in Gen.Elements(Enum.GetValues<SyncMode>())
        from counts in Gen.Choose(0, 12).ArrayOf(6)
        from faults in Faults().ListOf()
        from stops in Gen.Choose(1, 30).ListOf()
        from canceled in Gen.Elements(true, false, false, false)
        // With small batches, several are on their way, and they leave while members are read.
        from batchSize in Gen.Elements(1, 2, 3, 5, 10_000)
        select new Story(
            mode,
            counts[0] + 1,
            counts[1],
            counts[2],
            counts[3],
            counts[4],
            counts[5],
            [.. faults.Take(5)],
            [.. stops.Take(3)],
            canceled,
            batchSize
        );

    private static Gen<Fault> Faults() =>
        from kind in Gen.Elements(Strikes)
        from call in Gen.Elements(Calls)
        from status in Gen.Elements(429, 500, 502, 503, 504, 401, 403)
        from after in Gen.Choose(0, 4)
        from times in Gen.Choose(1, 6)
        from points in Gen.Elements(
            null,
            "/data/attributes/profiles/data/0/attributes/email",
            "/data/attributes/profiles/data/99/attributes/email"
        )
        // A refusal with pointers applies to imports. Faults of jobs and rows do not name a call.
        select kind is FaultKind.WrongPointers
            ? new Fault(kind)
            {
                Call = Calls[0],
                After = after,
                Times = 1,
                PointsAt = points,
            }
        : kind is FaultKind.JobCancelled or FaultKind.JobUnknown ? new Fault(kind) { After = after, Times = times > 3 ? 2 : 1 }
        : kind is FaultKind.ErrorsMissing ? new Fault(kind) { Times = 1, Amount = 1 }
        : new Fault(kind)
        {
            Call = call,
            Status = status,
            After = after,
            Times = times,
            RetryAfter = status == 429 ? 0 : null,
        };

    private static async Task<bool> HoldsAsync(Story story)
    {
        await using var bench = await Workbench.CreateAsync(
            story.Before,
            story.Mode,
            new() { ["Klaviyo:Retry:Tries"] = "2", ["Delivery:BatchSize"] = story.BatchSize.ToString(CultureInfo.InvariantCulture) }
        );
        Assert.True((await bench.RunAsync()).Ledger.AddsUp);
        await bench.ReplaceCustomersAsync(story.Now);
        foreach (var fault in story.Faults)
            bench.Sandbox.Faults.Add(fault);

        var id = await bench.QueueAsync();
        foreach (var looks in story.Stops)
            await InterruptAsync(bench, id, looks);
        if (story.Canceled && !(await bench.FindAsync(id)).State.IsFinal())
            await bench.CancelAsync(id);
        var run = await bench.SpendRetriesAsync(id);

        await IsTrueAsync(bench, story, run);
        return true;
    }

    /// <summary>Stops the process after this many answers of Klaviyo. Another process resumes the run.</summary>
    private static async Task InterruptAsync(Workbench bench, int runId, int answers)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var execution = Task.Run(() => bench.Product.Get<RunExecution>().RunAsync(runId, stop.Token), Cancel);
        var until = bench.Sandbox.State.Requests.Count + answers;
        await Patience.UntilAsync(() => execution.IsCompleted || bench.Sandbox.State.Requests.Count >= until);
        await stop.CancelAsync();
        try
        {
            await execution;
        }
        catch (OperationCanceledException)
        {
            // As at every stop: it resumes at the next start.
        }
    }

    private static async Task IsTrueAsync(Workbench bench, Story story, Run run)
    {
        Assert.True(run.State.IsFinal(), $"{run.State}: {story}");
        Assert.True(run.Ledger.AddsUp, story.ToString());
        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<BatchPayload>().ToListAsync(Cancel));
        var rejected = await db.Set<Rejection>()
            .Where(rejection => rejection.RunId == run.Id)
            .Select(rejection => rejection.ProfileKey)
            .ToListAsync(Cancel);
        Assert.Equal(rejected.Count, rejected.Distinct().Count());

        // Accepted profiles are on the list, refused and unsent profiles were not added by this run, and consent is unchanged.
        var onList = bench.OnList();
        Assert.Equal(onList.Count, onList.Distinct().Count());
        Assert.DoesNotContain(onList, email => email.EndsWith("@async-fail.example", StringComparison.Ordinal));
        if (run.Ledger is { Unconfirmed: 0, Unsent: 0 } && run.State is RunState.Successful or RunState.CompletedWithWarnings)
        {
            Assert.Equal(story.Missing, run.Ledger.WithoutEmail);
            Assert.Equal(story.Wrong, run.Ledger.Invalid);
            Assert.Equal(story.Twice, run.Ledger.Duplicate);
            Assert.Equal(story.Good, onList.Count(email => email.StartsWith('c')));
            if (story.Mode == SyncMode.Mirror)
                Assert.Equal(run.Ledger.Leaving - run.Ledger.Removed, onList.Count(email => email.StartsWith('l')));
        }
    }
}
