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
