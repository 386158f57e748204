using KlaviyoExport.Runs;
using static KlaviyoExport.Tests.Delivery.FaultTable;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>The temporary faults of docs/delivery.md while import jobs are read.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class FaultTableConfirmTests
{
    public static TheoryData<string, string> WhileConfirming => [.. Passing.Select(row => (row.Data.Item1, row.Data.Item2))];

    [Theory]
    [MemberData(nameof(WhileConfirming))]
    public async Task A_fault_while_a_job_is_polled_loses_nobody_and_counts_nobody_twice(string what, string words)
    {
        await using var bench = await CreateAsync();
        const string call = "get_bulk_import_profiles_job";

        await StrikesOnceAsync(bench, what, call);
        await LastsForOneTryAsync(bench, what, words, call);
        Assert.Equal(2, bench.Sandbox.State.Jobs().Count);

        bench.Sandbox.Faults.Add(FaultOf(what) with { Call = call });
        await bench.EndedAsync(
            await bench.SpendRetriesAsync((await bench.RunAsync()).Id),
            RunState.FailedPermanent,
            "Delivery.RetriesSpent",
            unconfirmed: 10
        );
    }
}
