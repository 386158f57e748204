using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Tests.Lists;

/// <summary>A check of a list that was emptied or created again in Klaviyo does not turn everybody into people who left by choice.</summary>
public sealed class EmptiedListTests
{
    private static readonly Dictionary<string, string?> Limits = new() { ["Delivery:Approval:AtLeast"] = "3" };

    [Fact]
    public async Task A_check_that_finds_most_of_the_list_taken_off_stores_no_decision_and_says_so()
    {
        await using var bench = await SharedListBench.CreateAsync(Limits);
        var export = await bench.AddAsync("First", SyncMode.Full, "abcde");
        var run = await bench.RunAsync(export);
        await bench.TakeOffAsync("abcde");

        var check = await bench.CheckAsync(run.Id);
        var next = await bench.RunAsync(export);

        Assert.Equal((5, "Delivery.CheckWithheld"), (check.Withheld, check.Outcome!.Code));
        Assert.Equal((0, "abcde"), (next.Ledger.Respected, bench.OnList()));
    }

    [Fact]
    public async Task A_person_confirms_that_they_were_taken_off_on_purpose()
    {
        await using var bench = await SharedListBench.CreateAsync(Limits);
        var export = await bench.AddAsync("First", SyncMode.Full, "abcde");
        var run = await bench.RunAsync(export);
        await bench.TakeOffAsync("abcd");
        Assert.Equal(4, (await bench.CheckAsync(run.Id)).Withheld);

        var accepted = await bench.AcceptAsync(run.Id);
        var next = await bench.RunAsync(export);

        Assert.Equal((0, 4), (accepted.Withheld, accepted.RemovedByHand));
        Assert.Equal((4, "e"), (next.Ledger.Respected, bench.OnList()));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("abc", 4)]
    public async Task Fewer_than_the_limits_are_stored_at_once(string off, int atLeast = 3)
    {
        await using var bench = await SharedListBench.CreateAsync(Limits);
        var export = await bench.AddAsync("First", SyncMode.Full, "abcde");
        await bench.ChangeAsync(export, stored => stored.ListRules = new ListRules { ApprovalAtLeast = atLeast });
        var run = await bench.RunAsync(export);
        await bench.TakeOffAsync(off);

        Assert.Equal(0, (await bench.CheckAsync(run.Id)).Withheld);
        Assert.Equal(off.Length, (await bench.RunAsync(export)).Ledger.Respected);
    }

    [Fact]
    public async Task Everybody_who_is_on_the_list_again_is_no_longer_withheld()
    {
        await using var bench = await SharedListBench.CreateAsync(Limits);
        var export = await bench.AddAsync("First", SyncMode.Full, "abcde");
        var run = await bench.RunAsync(export);
        await bench.TakeOffAsync("abcde");
        await bench.CheckAsync(run.Id);
        var next = await bench.RunAsync(export);

        var check = await bench.CheckAsync(next.Id);

        Assert.Equal((0, 0, "Delivery.CheckSame"), (check.Withheld, check.RemovedByHand, check.Outcome!.Code));
    }
}
