using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>Who is on a list that several exports and people in Klaviyo share.</summary>
public class MembershipTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_stays_on_the_list_as_long_as_another_export_holds_the_person()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "abcde");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "abcde");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.NowAsync("First", "abc");

        var kept = await bench.RunAsync(first);

        Assert.Equal(("abcde", 2, 0, 2), (bench.OnList(), kept.Ledger.Leaving, kept.Ledger.Removed, kept.Ledger.KeptForOthers));
        await bench.NowAsync("Second", "abc");
        var removed = await bench.RunAsync(second);
        Assert.Equal(("abc", 2, 2, 0), (bench.OnList(), removed.Ledger.Leaving, removed.Ledger.Removed, removed.Ledger.KeptForOthers));
        Assert.Equal(0, (await bench.RunAsync(first)).Ledger.Leaving);
    }

    [Fact]
    public async Task A_person_whom_another_export_releases_first_leaves_with_the_last_one()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        var second = await bench.AddAsync("Second", SyncMode.Full, "bc");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.NowAsync("First", "a");
        await bench.RunAsync(first);
        await bench.NowAsync("Second", "c");
        await bench.RunAsync(second);
        Assert.Equal("abc", bench.OnList());

        var run = await bench.RunAsync(first);

        Assert.Equal(("ac", 2, 1, 1), (bench.OnList(), run.Ledger.Leaving, run.Ledger.Removed, run.Ledger.KeptForOthers));
    }

    [Fact]
    public async Task That_a_full_export_put_a_person_on_the_list_is_not_forgotten_when_it_lets_the_person_go()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var full = await bench.AddAsync("Full", SyncMode.Full, "ab");
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "ab");
        await bench.RunAsync(full);
        await bench.NowAsync("Full", "a");
        await bench.RunAsync(full);
        await bench.RunAsync(mirror);
        await bench.NowAsync("Mirror", "a");

        await bench.RunAsync(mirror);

        Assert.Equal("a", bench.OnList());
    }

    [Fact]
    public async Task A_person_who_was_on_the_list_before_us_stays_and_is_named()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.JoinAsync("b");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("ab", 2, 1, 1), (bench.OnList(), run.Ledger.Leaving, run.Ledger.Removed, run.Ledger.KeptFromBefore));
        Assert.Equal(RunState.Successful, run.State);
        var named = Assert.Single(
            (await bench.Product.Get<RejectionService>().ListAsync(Product.Administrator, run.Id, new RejectionQuery(), Cancel)).Rows
        );
        Assert.Equal((RejectionReason.KeptOnList, "b@shared.example"), (named.Reason, named.Email));
        Assert.Equal(0, (await bench.RunAsync(export)).Ledger.Leaving);
    }

    [Fact]
    public async Task A_person_who_has_left_and_joined_again_without_us_is_not_ours_any_more()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        await bench.TakeOffAsync("b");
        await bench.JoinAsync("b");
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("ab", 0, 1), (bench.OnList(), run.Ledger.Removed, run.Ledger.KeptFromBefore));
    }

    [Fact]
    public async Task A_person_who_is_off_the_list_already_is_counted_as_such()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.RunAsync(export);
        await bench.TakeOffAsync("b");
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("a", 2, 1, 1), (bench.OnList(), run.Ledger.Leaving, run.Ledger.Removed, run.Ledger.AlreadyOff));
    }

    [Theory]
    [InlineData(SyncMode.Full)]
    [InlineData(SyncMode.Incremental)]
    [InlineData(SyncMode.Mirror)]
    public async Task Exports_of_every_mode_and_over_every_connection_to_the_account_hold_people(SyncMode mode)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "ab");
        var other = await bench.AddAsync("Other", mode, "ab", connection: await bench.Product.AddConnectionAsync("Second key"));
        await bench.RunAsync(mirror);
        await bench.RunAsync(other);
        await bench.NowAsync("Mirror", "a");

        await bench.RunAsync(mirror);

        Assert.Equal("ab", bench.OnList());
        await bench.NowAsync("Other", "a");
        await bench.RunAsync(other);
        await bench.RunAsync(mirror);
        Assert.Equal("a", bench.OnList());
    }

    [Fact]
    public async Task An_export_to_another_list_holds_nobody_on_this_one()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "ab");
        var other = await bench.AddAsync("Other", SyncMode.Full, "ab", PracticeStore.DoubleOptInList);
        await bench.RunAsync(mirror);
        await bench.RunAsync(other);
        await bench.NowAsync("Mirror", "a");

        await bench.RunAsync(mirror);

        Assert.Equal(("a", "ab"), (bench.OnList(), bench.OnList(PracticeStore.DoubleOptInList)));
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("detached")]
    [InlineData("sent to another list")]
    public async Task An_export_that_is(string change)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "bcd");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        var exports = bench.Product.Get<ExportService>();
        await (
            change switch
            {
                "removed" => exports.RemoveAsync(Product.Administrator, [first], Cancel),
                "detached" => exports.DetachAsync(Product.Administrator, first, Cancel),
                _ => RedirectAsync(bench, first, PracticeStore.DoubleOptInList),
            }
        );
        await bench.NowAsync("Second", "bd");

        await bench.RunAsync(second);

        // Nobody leaves because of the change itself. It holds nobody any more, and that it put c on the list is not forgotten.
        Assert.Equal("abd", bench.OnList());
    }

    [Fact]
    public async Task An_export_keeps_its_people_when_it_gets_another_connection_to_the_same_account()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        var second = await bench.Product.AddConnectionAsync("Second key");
        var exports = bench.Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, export, Cancel)).Draft;
        await exports.SaveAsync(Product.Administrator, draft with { ConnectionId = second.Id }, Cancel);
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("a", 1, 1), (bench.OnList(), run.Ledger.Unchanged, run.Ledger.Removed));
    }

    [Fact]
    public async Task A_duplicate_holds_nobody_before_its_first_run()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        await bench.Product.Get<ExportService>().DuplicateAsync(Product.Administrator, export, Cancel);
        await bench.NowAsync("First", "a");

        await bench.RunAsync(export);

        Assert.Equal("a", bench.OnList());
    }

    [Fact]
    public async Task An_export_whose_schedule_is_off_still_holds_its_people()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Full, "ab");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.ChangeAsync(second, export => export.Schedule = new ExportSchedule { IsOn = false });
        await bench.NowAsync("First", "a");

        await bench.RunAsync(first);

        Assert.Equal("ab", bench.OnList());
    }

    [Fact]
    public async Task The_addresses_of_another_email_field_replace_those_of_the_first()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        await Delivery.Customer.WriteAsync(
            Path.Combine(bench.Product.Directory, "First.db"),
            [new("key-a", "a@shared.example", "v@shared.example"), new("key-b", "b@shared.example", "w@shared.example")]
        );
        await bench.ChangeAsync(export, stored => (stored.EmailField, stored.Fields) = ("name", []));

        await bench.RunAsync(export);

        Assert.Equal("vw", bench.OnList());
    }

    [Fact]
    public async Task People_whom_a_full_export_delivered_are_sent_once_more_when_it_becomes_a_mirror_and_leave_afterwards()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Full, "abc");
        await bench.RunAsync(export);
        var exports = bench.Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, export, Cancel)).Draft;
        await exports.SaveAsync(Product.Administrator, draft with { SyncMode = SyncMode.Mirror }, Cancel);
        // c leaves before the address of c is stored.
        await bench.NowAsync("First", "ab");
        Assert.Equal(2, (await bench.RunAsync(export)).Ledger.Accepted);
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("ac", 1), (bench.OnList(), run.Ledger.Removed));
    }

    [Fact]
    public async Task A_run_that_waits_for_approval_has_not_let_anybody_go()
    {
        await using var bench = await SharedListBench.CreateAsync(new() { ["Delivery:Approval:AtLeast"] = "2" });
        var first = await bench.AddAsync("First", SyncMode.Mirror, "abcd");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "abcd");
        await bench.ChangeAsync(second, export => export.ListRules = new ListRules { ApprovalAtLeast = 100 });
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.NowAsync("Second", "a");
        Assert.Equal(RunState.Successful, (await bench.RunAsync(second)).State);
        await bench.NowAsync("First", "a");
        var waiting = await bench.RunAsync(first);
        Assert.Equal(RunState.NeedsApproval, waiting.State);

        await bench.RunAsync(second);
        Assert.Equal("abcd", bench.OnList());

        await bench.Product.Get<RunService>().RejectAsync(Product.Administrator, waiting.Id, Cancel);
        await bench.RunAsync(second);
        Assert.Equal("abcd", bench.OnList());
    }

    [Fact]
    public async Task People_whom_an_interrupted_run_has_sent_are_held_by_it()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Full, "b");
        await bench.RunAsync(first);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_bulk_import_profiles_job", Status = 503 });
        var interrupted = await bench.RunAsync(second);
        Assert.Equal(RunState.FailedRetrying, interrupted.State);
        bench.Sandbox.Faults.Clear();
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(first);

        Assert.Equal(("ab", 1), (bench.OnList(), run.Ledger.KeptForOthers));
    }

    [Fact]
    public async Task People_whom_an_older_version_delivered_leave_if_a_stored_batch_explains_them()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.JoinAsync("b");
        await bench.RunAsync(export);
        await ForgetWindowsAsync(bench);
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("ab", 1, 1), (bench.OnList(), run.Ledger.Removed, run.Ledger.KeptFromBefore));
    }

    [Fact]
    public async Task Nobody_leaves_as_long_as_it_is_unknown_whom_a_full_export_of_an_older_version_holds()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var full = await bench.AddAsync("Full", SyncMode.Full, "b");
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "abc");
        await bench.RunAsync(full);
        await bench.RunAsync(mirror);
        await ForgetWindowsAsync(bench);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Membership>().Where(row => row.ExportId == full).ExecuteDeleteAsync(Cancel);
        await bench.NowAsync("Mirror", "a");
        Assert.Equal(2, (await bench.RunAsync(mirror)).Ledger.KeptForOthers);

        await bench.RunAsync(full);
        await bench.RunAsync(mirror);

        Assert.Equal("ab", bench.OnList());
    }

    [Fact]
    public async Task The_first_run_of_a_mirror_says_how_many_on_the_list_are_not_its_members()
    {
        await using var bench = await SharedListBench.CreateAsync();
        await bench.RunAsync(await bench.AddAsync("Other", SyncMode.Full, "de"));
        await bench.JoinAsync("abc");
        var strangers = bench.Sandbox.State.Members(PracticeStore.WinBack).Count - 3;
        var export = await bench.AddAsync("First", SyncMode.Mirror, "a");

        var run = await bench.RunAsync(export);

        await using var db = await bench.Product.OpenAsync();
        var said = (await db.Set<RunEvent>().Where(line => line.RunId == run.Id).Select(line => line.What).ToListAsync(Cancel)).Single(
            what => what.Code == "Delivery.MirrorStrangers"
        );
        Assert.StartsWith($"{strangers} of the {strangers + 3} people", said.In(System.Globalization.CultureInfo.InvariantCulture));
        Assert.DoesNotContain(
            "Delivery.MirrorStrangers",
            await db.Set<RunEvent>().Where(line => line.RunId > run.Id).Select(line => line.What.ToString()).ToListAsync(Cancel)
        );
    }

    [Fact]
    public async Task The_thresholds_of_the_export_decide_whether_a_run_waits_for_approval()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abcd");
        await bench.ChangeAsync(export, stored => stored.ListRules = new ListRules { ApprovalShare = 0.2, ApprovalAtLeast = 1 });
        await bench.RunAsync(export);
        await bench.NowAsync("First", "abc");

        Assert.Equal(RunState.NeedsApproval, (await bench.RunAsync(export)).State);
    }

    private static async Task RedirectAsync(SharedListBench bench, int exportId, string listId)
    {
        var exports = bench.Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, exportId, Cancel)).Draft;
        await exports.SaveAsync(Product.Administrator, draft with { ListId = listId }, Cancel);
    }

    /// <summary>Makes the stored rows look as older versions have written them.</summary>
    private static async Task ForgetWindowsAsync(SharedListBench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        using var keys = await bench.Product.Get<EmailHashes>().LoadAllAsync(Cancel);
        foreach (var row in await db.Set<Membership>().ToListAsync(Cancel))
        {
            (row.FirstFrom, row.FirstUntil, row.LastFrom, row.LastUntil) = (null, null, null, null);
            row.Email = row.Email is null ? null : bench.Product.Get<SecretProtector>().ProtectEmail(keys.Cipher.Decrypt(row.Email));
        }
        foreach (var batch in await db.Set<Batch>().ToListAsync(Cancel))
            (batch.WindowFrom, batch.WindowUntil) = (null, null);
        await db.SaveChangesAsync(Cancel);
    }
}
