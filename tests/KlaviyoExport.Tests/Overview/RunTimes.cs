using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Tests.Overview;

/// <summary>A run in progress with what its execution has measured.</summary>
internal static class RunTimes
{
    public static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    public static RunFacts Run(Stage stage, long done, long? total, params (Stage Step, double Rate)[] rates) =>
        Of(
            new Run
            {
                AccountId = "A",
                ListId = "L",
                RequestedBy = "Ana",
                Stage = stage,
                State = stage switch
                {
                    Stage.Prepare => RunState.Preparing,
                    Stage.Send => RunState.Sending,
                    Stage.Confirm => RunState.Confirming,
                    _ => RunState.Removing,
                },
                Done = done,
                Total = total,
                Ledger = stage == Stage.Prepare ? new Ledger() : new Ledger { Members = 100_000, Prepared = 90_000 },
                Reading = new RunReading(Now) { Rates = rates.ToDictionary(rate => rate.Step, rate => rate.Rate) },
            }
        );

    public static RunFacts Of(Run run) => RunFacts.Of(run);

    public static BatchFacts Batch(BatchState state, int prepared = 10_000) => new(1, state, prepared, 0, 0, 0, null, 0, null, null);

    public static List<BatchFacts> Batches(int confirmed = 0, int sent = 0, int waiting = 0) =>
        [
            .. Enumerable.Repeat(Batch(BatchState.Confirmed), confirmed),
            .. Enumerable.Repeat(Batch(BatchState.Sent), sent),
            .. Enumerable.Repeat(Batch(BatchState.Prepared), waiting),
        ];
}
