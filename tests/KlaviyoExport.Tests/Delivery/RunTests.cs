using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

public sealed class RunTests
{
    private static readonly Customer[] Messy =
    [
        new("1", "ana@shop.example", "Ana"),
        new("2", null, "No address"),
        new("3", "  ", "Blank"),
        new("4", "not an address", "Wrong"),
        new("5", "ANA@shop.example", "Ana again"),
        new("6", "бранко@пример.срб", "Бранко"),
        new("7", "joan@botiga.example", "Joan Ńandú"),
        new("8", "late@async-fail.example", "Refused later"),
    ];

    [Fact]
    public async Task Every_member_is_on_the_list_or_named_with_the_reason()
    {
        await using var bench = await Workbench.CreateAsync(Messy);

        var run = await bench.RunAsync();

        Assert.Equal(RunState.CompletedWithWarnings, run.State);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(
            (8, 2, 2, 1, 0),
            (run.Ledger.Members, run.Ledger.WithoutEmail, run.Ledger.Invalid, run.Ledger.Duplicate, run.Ledger.Unchanged)
        );
        Assert.Equal(run.Ledger.Prepared, run.Ledger.Accepted + run.Ledger.Refused);
        Assert.Equal(run.Ledger.Accepted, bench.OnList().Count);
        Assert.Contains("ana@shop.example", bench.OnList());
        Assert.Contains("joan@botiga.example", bench.OnList());
        var rejections = await bench.RejectionsAsync(run.Id);
        Assert.Equal("1", rejections.Single(row => row.Reason == RejectionReason.DuplicateEmail).Detail);
        Assert.Equal("not an address", rejections.Single(row => row.ProfileKey == "4").Email);
        Assert.Contains(rejections, row => row is { Reason: RejectionReason.Refused, ProfileKey: "8", BatchNumber: 1 });
        Assert.Equal(8, rejections.Count + run.Ledger.Accepted);
    }

    [Fact]
    public async Task Consent_in_Klaviyo_is_as_it_was_before()
    {
        await using var bench = await Workbench.CreateAsync([
            new("1", "unsubscribed@practice.example", "Una"),
            new("2", "suppressed@practice.example", "Senka"),
        ]);
        var before = bench.Sandbox.State.Consents();

        var run = await bench.RunAsync();

        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal(before, bench.Sandbox.State.Consents().Where(pair => before.ContainsKey(pair.Key)));
    }

    [Fact]
    public async Task More_members_than_fit_one_batch_are_sent_in_several()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10_001));

        var run = await bench.RunAsync();

        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal(10_001, bench.OnList().Count);
        Assert.Equal([10_000, 1], bench.Sandbox.State.Jobs().Select(job => job.Total).OrderDescending());
    }

    [Fact]
    public async Task With_one_profile_over_the_cap_nothing_is_sent()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(11), settings: new() { ["Klaviyo:MaxProfilesPerExport"] = "10" });

        var run = await bench.RunAsync();

        Assert.Equal(RunState.FailedPermanent, run.State);
        Assert.Equal(new LocalizedMessage("Delivery.OverCap", 11L, 10L, 1L), run.Outcome);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(11, run.Ledger.Unsent);
        Assert.Empty(bench.Sandbox.State.Jobs());
        Assert.Empty(bench.OnList());
    }

    [Fact]
    public async Task As_many_profiles_as_the_cap_are_sent()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), settings: new() { ["Klaviyo:MaxProfilesPerExport"] = "10" });

        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
        Assert.Equal(10, bench.OnList().Count);
    }

    [Fact]
    public async Task A_profile_that_makes_Klaviyo_refuse_its_batch_is_set_aside_and_the_rest_arrives()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(20));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers) { Times = 1, PointsAt = "/data/attributes/profiles/data/3/attributes/email" }
        );

        var run = await bench.RunAsync();

        Assert.Equal(RunState.CompletedWithWarnings, run.State);
        Assert.Equal((19, 1), (run.Ledger.Accepted, run.Ledger.Refused));
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal("c0000003", Assert.Single(await bench.RejectionsAsync(run.Id)).ProfileKey);
        Assert.DoesNotContain("c3@shop.example", bench.OnList());
        Assert.Contains("Delivery.SetAside", await bench.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task All_pages_of_import_errors_are_read()
    {
        await using var bench = await Workbench.CreateAsync(
            Customer
                .Many(50)
                .Concat(Enumerable.Range(0, 250).Select(number => new Customer($"f{number}", $"f{number}@async-fail.example", "F")))
        );

        var run = await bench.RunAsync();

        Assert.Equal((50, 250), (run.Ledger.Accepted, run.Ledger.Refused));
        Assert.Equal(250, (await bench.RejectionsAsync(run.Id)).Select(row => row.ProfileKey).Distinct().Count());
        Assert.Equal(50, bench.OnList().Count);
    }

    [Theory]
    [InlineData(FaultKind.JobCancelled)]
    [InlineData(FaultKind.JobUnknown)]
    public async Task A_batch_whose_job_is_lost_is_sent_again(FaultKind loss)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(30));
        bench.Sandbox.Faults.Add(new Fault(loss) { Times = 1 });

        var run = await bench.RunAsync();

        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal(30, run.Ledger.Accepted);
        Assert.Equal(30, bench.OnList().Count);
    }

    [Fact]
    public async Task Profiles_of_a_batch_whose_jobs_are_lost_repeatedly_are_named_as_unconfirmed()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobCancelled) { Times = 3 });

        var run = await bench.RunAsync();

        Assert.Equal(RunState.CompletedWithWarnings, run.State);
        Assert.Equal(5, run.Ledger.Unconfirmed);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(Enumerable.Repeat(RejectionReason.Unconfirmed, 5), (await bench.RejectionsAsync(run.Id)).Select(row => row.Reason));
        Assert.Contains("Delivery.GaveUp", await bench.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task Refusals_that_Klaviyo_counts_but_does_not_name_are_counted_as_refused()
    {
        await using var bench = await Workbench.CreateAsync([
            .. Customer.Many(7),
            new("f1", "f1@async-fail.example", "F"),
            new("f2", "f2@async-fail.example", "F"),
            new("f3", "f3@async-fail.example", "F"),
        ]);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.ErrorsMissing) { Times = 1, Amount = 2 });

        var run = await bench.RunAsync();

        Assert.Equal((7, 3), (run.Ledger.Accepted, run.Ledger.Refused));
        Assert.Single(await bench.RejectionsAsync(run.Id));
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(RunState.CompletedWithWarnings, run.State);
        Assert.Contains("Delivery.RefusedUnnamed", await bench.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task Klaviyos_own_counts_of_a_job_are_kept_with_its_batch()
    {
        await using var bench = await Workbench.CreateAsync([
            .. Customer.Many(7),
            new("f1", "f1@async-fail.example", "F"),
            new("f2", "f2@async-fail.example", "F"),
        ]);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobCancelled) { Times = 1 });

        await bench.RunAsync();

        await using var db = await bench.Product.OpenAsync();
        var batch = await db.Set<Batch>().SingleAsync();
        var job = bench.Sandbox.State.Jobs()[^1];
        Assert.Equal((job.Completed, 2), (batch.JobCompleted, batch.JobFailed));
    }

    [Fact]
    public async Task An_empty_segment_says_what_to_check()
    {
        await using var bench = await Workbench.CreateAsync([]);

        var run = await bench.RunAsync();

        Assert.Equal(RunState.CompletedWithWarnings, run.State);
        Assert.Equal(new LocalizedMessage("Delivery.NoMembers"), run.Outcome);
    }

    [Fact]
    public async Task A_run_without_any_usable_address_says_which_choice_to_check()
    {
        await using var bench = await Workbench.CreateAsync([new("1", null, "A"), new("2", "x", "B")]);

        var run = await bench.RunAsync();

        Assert.Equal(new LocalizedMessage("Delivery.NobodyDeliverable", 2L), run.Outcome);
    }

    [Fact]
    public async Task A_missing_email_field_fails_the_run_permanently_and_is_named()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Export>().ExecuteUpdateAsync(set => set.SetProperty(export => export.EmailField, "mail"));

        var run = await bench.RunAsync();

        Assert.Equal(RunState.FailedPermanent, run.State);
        Assert.Contains("mail", run.Outcome!.In(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_list_fails_the_run_permanently_and_is_named()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        bench.Sandbox.State.DeleteList(PracticeStore.Newsletter);

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, "Klaviyo.ListNotFound"), (run.State, run.Outcome!.Code));
        Assert.Equal(3, run.Ledger.Unsent);
        Assert.True(run.Ledger.AddsUp);
    }

    [Fact]
    public async Task A_revoked_key_fails_the_run_permanently_and_says_where_to_enter_another()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.KeyRevoked) { Key = PracticeStore.FullKey });

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, "Klaviyo.KeyRefused"), (run.State, run.Outcome!.Code));
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal("Klaviyo.KeyRefused", (await db.Set<Connection>().SingleAsync()).LastError!.Code);
    }

    [Theory]
    [InlineData(PracticeStore.NoListsWriteKey)]
    [InlineData(PracticeStore.ReadOnlyKey)]
    public async Task A_missing_scope_fails_the_run_permanently_and_is_named(string key)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        var sealedKey = bench.Product.Get<KlaviyoExport.Data.SecretProtector>().ProtectCredential(key);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Connection>().ExecuteUpdateAsync(set => set.SetProperty(connection => connection.ApiKey, sealedKey));

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, "Klaviyo.ScopeMissing"), (run.State, run.Outcome!.Code));
        Assert.Contains("lists:write", run.Outcome.In(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_continues_after_an_outage_where_it_stopped()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "bulk_import_profiles" });
        var stopped = await bench.RunAsync();
        Assert.Equal(RunState.FailedRetrying, stopped.State);
        Assert.NotNull(stopped.RetryAt);

        bench.Sandbox.Faults.Clear();
        var run = await bench.GoOnAsync(stopped.Id);

        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal(10, run.Ledger.Accepted);
    }

    [Fact]
    public async Task A_lasting_outage_fails_the_run_permanently_after_three_retries()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "bulk_import_profiles" });
        var run = await bench.RunAsync();
        for (var tries = 0; tries < 3; tries++)
            run = await bench.GoOnAsync(run.Id);

        Assert.Equal((RunState.FailedPermanent, "Delivery.RetriesSpent"), (run.State, run.Outcome!.Code));
        // A 503 may come after the work was done, so the result is unknown.
        Assert.Equal(10, run.Ledger.Unconfirmed);
        Assert.True(run.Ledger.AddsUp);
    }

    [Fact]
    public async Task When_Klaviyo_cannot_be_reached_the_profiles_are_unsent()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10));
        await bench.Sandbox.DisposeAsync();

        var run = await bench.RunAsync();
        for (var tries = 0; tries < 3; tries++)
            run = await bench.GoOnAsync(run.Id);

        Assert.Equal((RunState.FailedPermanent, 10), (run.State, run.Ledger.Unsent));
        Assert.True(run.Ledger.AddsUp);
        Assert.Contains("network", run.Outcome!.In(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_canceled_while_a_batch_is_in_transit_counts_it_as_unconfirmed()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = "bulk_import_profiles", DelayMs = 60_000 });
        var id = await bench.QueueAsync();
        var execution = bench.Product.Get<RunExecution>().RunAsync(id, TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => bench.AnyBatchAsync(id, BatchState.Sending));

        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, id, TestContext.Current.CancellationToken);
        await execution;
        var run = await bench.FindAsync(id);

        Assert.Equal((RunState.Canceled, 10, 0), (run.State, run.Ledger.Unconfirmed, run.Ledger.Unsent));
        Assert.True(run.Ledger.AddsUp);
    }

    [Fact]
    public async Task A_response_lost_after_Klaviyo_accepted_the_batch_counts_nobody_twice()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "bulk_import_profiles", Times = 1 });

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 10), (run.State, run.Ledger.Accepted));
        Assert.Equal(2, bench.Sandbox.State.Jobs().Count);
        Assert.Equal(10, bench.OnList().Count);
    }

    [Fact]
    public async Task The_payload_is_deleted_when_a_run_has_ended()
    {
        await using var bench = await Workbench.CreateAsync(Messy);

        await bench.RunAsync();

        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<BatchPayload>().ToListAsync());
        Assert.NotEmpty(await db.Set<Batch>().ToListAsync());
    }

    [Fact]
    public async Task An_export_has_one_run_at_a_time()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bench.QueueAsync()));

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task A_canceled_queued_run_ends_at_once_and_sends_nothing()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        var id = await bench.QueueAsync();

        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, id, TestContext.Current.CancellationToken);
        var run = await bench.GoOnAsync(id);

        Assert.Equal(RunState.Canceled, run.State);
        Assert.Empty(bench.Sandbox.State.Jobs());
    }

    [Fact]
    public async Task A_run_canceled_while_it_waits_for_Klaviyo_has_a_correct_ledger()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));
        var id = await bench.QueueAsync();
        var execution = bench.Product.Get<RunExecution>().RunAsync(id, TestContext.Current.CancellationToken);
        await Patience.UntilAsync(async () => (await bench.FindAsync(id)).State == RunState.Confirming);

        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, id, TestContext.Current.CancellationToken);
        await execution;
        var run = await bench.FindAsync(id);

        Assert.Equal((RunState.Canceled, 10), (run.State, run.Ledger.Unconfirmed));
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(new LocalizedMessage("Delivery.Canceled", "Ana"), run.Outcome);
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(10, (await db.Set<Batch>().SingleAsync()).Unconfirmed);
    }

    [Fact]
    public async Task Leftovers_of_an_interrupted_Prepare_are_deleted_before_it_starts_again()
    {
        await using var bench = await Workbench.CreateAsync(Customer.TwoBatches().Append(new("n", null, "N")));
        // The second batch takes long enough to be interrupted.
        await using (var db = await bench.Product.OpenAsync())
        {
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TRIGGER slow BEFORE INSERT ON Batches WHEN NEW.Number = 2 BEGIN SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT i FROM n); END",
                TestContext.Current.CancellationToken
            );
        }
        using var stopping = new CancellationTokenSource();
        var id = await bench.QueueAsync();
        var execution = Task.Run(
            () => bench.Product.Get<RunExecution>().RunAsync(id, stopping.Token),
            TestContext.Current.CancellationToken
        );
        await Patience.UntilAsync(() => bench.AnyBatchAsync(id, BatchState.Prepared));
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => execution);
        Assert.Equal(RunState.Preparing, (await bench.FindAsync(id)).State);

        await bench.EndedAsync(await bench.GoOnAsync(id), RunState.Successful, "Delivery.Successful", accepted: 60);
        Assert.Equal(2, bench.Sandbox.State.Jobs().Count);
        Assert.Equal(60, bench.OnList().Count);
    }
}
