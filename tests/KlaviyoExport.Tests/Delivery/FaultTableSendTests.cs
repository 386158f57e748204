using KlaviyoExport.Runs;
using static KlaviyoExport.Tests.Delivery.FaultTable;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>The temporary faults of docs/delivery.md while batches are sent.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class FaultTableSendTests
{
    [Theory]
    [MemberData(nameof(FaultTable.Passing), MemberType = typeof(FaultTable))]
    public async Task A_fault_while_a_batch_is_sent_loses_nobody_and_counts_nobody_twice(string what, string words, bool mayHaveArrived)
    {
        await using var bench = await CreateAsync();
        const string call = "bulk_import_profiles";

        await StrikesOnceAsync(bench, what, call);
        await LastsForOneTryAsync(bench, what, words, call);

        var taken = bench.Sandbox.State.Jobs().Count;
        bench.Sandbox.Faults.Add(FaultOf(what) with { Call = call });
        var run = await bench.SpendRetriesAsync((await bench.RunAsync()).Id);
        await bench.EndedAsync(
            run,
            RunState.FailedPermanent,
            "Delivery.RetriesSpent",
            unconfirmed: mayHaveArrived ? 10 : 0,
            unsent: mayHaveArrived ? 0 : 10
        );
        Assert.Equal(words, Assert.IsType<LocalizedMessage>(run.Outcome!.Arguments[0]).Code);
        if (!mayHaveArrived)
            Assert.Equal(taken, bench.Sandbox.State.Jobs().Count);
    }
}
