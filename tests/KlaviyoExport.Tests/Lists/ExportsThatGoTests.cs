using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>What the other exports to a list still know when an export is removed, detached or sent elsewhere.</summary>
public class ExportsThatGoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("removed")]
    [InlineData("detached")]
    [InlineData("sent to another list")]
    public async Task That_somebody_took_a_person_off_is_not_forgotten_when_an_export_is(string change)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var run = await bench.RunAsync(first);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(run.Id);
        var other = await bench.AddAsync("Other", SyncMode.Full, "bc");
        Assert.Equal(1, (await bench.RunAsync(other)).Ledger.Respected);
        await GoAsync(bench, first, change);

        var next = await bench.RunAsync(other);

        Assert.Equal(("ac", 1), (bench.OnList(), next.Ledger.Respected));
        await using var db = await bench.Product.OpenAsync();
        var kept = await db.Set<Membership>().SingleAsync(row => row.State == MembershipState.RemovedByHand, Cancel);
        Assert.Equal((other, null, null), (kept.ExportId, kept.Email, kept.LastFrom));
    }

    [Fact]
    public async Task That_somebody_took_a_person_off_is_not_forgotten_when_the_other_export_had_let_the_person_go()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var other = await bench.AddAsync("Other", SyncMode.Full, "abc");
        await bench.RunAsync(other);
        var run = await bench.RunAsync(first);
        await bench.NowAsync("Other", "ac");
        await bench.RunAsync(other);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(run.Id);
        await GoAsync(bench, first, "removed");
        await bench.NowAsync("Other", "abc");

        var next = await bench.RunAsync(other);

        Assert.Equal(("ac", 1), (bench.OnList(), next.Ledger.Respected));
    }

    [Fact]
    public async Task A_person_who_returns_is_not_held_by_an_export_that_only_knew_of_the_removal()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var other = await bench.AddAsync("Other", SyncMode.Incremental, "a");
        var third = await bench.AddAsync("Third", SyncMode.Mirror, "ab");
        await bench.RunAsync(other);
        var run = await bench.RunAsync(first);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(run.Id);
        await GoAsync(bench, first, "removed");
        await bench.ChangeAsync(third, stored => stored.ListRules = new ListRules { WhenRemovedByHand = WhenRemovedByHand.PutBack });

        Assert.Equal(2, (await bench.RunAsync(third)).Ledger.Accepted);
        Assert.Equal("ab", bench.OnList());
        await bench.NowAsync("Third", "a");
        var last = await bench.RunAsync(third);

        Assert.Equal(("a", 1), (bench.OnList(), last.Ledger.Removed));
    }

    [Fact]
    public async Task That_a_removed_export_put_a_person_back_is_kept_with_the_other_export()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "abc");
        await bench.ChangeAsync(first, stored => stored.ListRules = new ListRules { WhenRemovedByHand = WhenRemovedByHand.PutBack });
        await bench.RunAsync(second);
        var run = await bench.RunAsync(first);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(run.Id);
        await bench.RunAsync(first);
        Assert.Equal("abc", bench.OnList());
        await GoAsync(bench, first, "removed");
        await bench.NowAsync("Second", "ac");

        var last = await bench.RunAsync(second);

        Assert.Equal(("ac", 1, 0), (bench.OnList(), last.Ledger.Removed, last.Ledger.KeptFromBefore));
    }

    [Theory]
    [InlineData("First", "Second")]
    [InlineData("Second", "First")]
    public async Task A_delivery_by_either_export_still_explains_that_a_person_is_on_the_list(string gone, string stays)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var exports = new Dictionary<string, int>
        {
            ["First"] = await bench.AddAsync("First", SyncMode.Mirror, "abc"),
            ["Second"] = await bench.AddAsync("Second", SyncMode.Mirror, "abc"),
        };
        await bench.RunAsync(exports["First"]);
        // Somebody takes b off, nobody notices, and the second export puts b on the list.
        await bench.TakeOffAsync("b");
        await bench.RunAsync(exports["Second"]);
        await bench.RenamedAsync("Second", "abc");
        await bench.RunAsync(exports["Second"]);
        await GoAsync(bench, exports[gone], "removed");
        await bench.NowAsync(stays, "a");

        var last = await bench.RunAsync(exports[stays]);

        Assert.Equal(("a", 2, 0), (bench.OnList(), last.Ledger.Removed, last.Ledger.KeptFromBefore));
    }

    private static Task GoAsync(SharedListBench bench, int export, string change)
    {
        var exports = bench.Product.Get<ExportService>();
        return change switch
        {
            "removed" => exports.RemoveAsync(Product.Administrator, [export], Cancel),
            "detached" => exports.DetachAsync(Product.Administrator, export, Cancel),
            _ => bench.EditAsync(export, draft => draft with { ListId = PracticeStore.DoubleOptInList }),
        };
    }
}
