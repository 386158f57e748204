using System.Text.Json.Serialization;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>What is measured from end to end: one export, once, or three times if it remembers whom it has delivered.</summary>
/// <param name="Rows">The number of customers.</param>
/// <param name="Fields">The number of mapped fields beside the address.</param>
/// <param name="Latency">After what time the sandbox answers each call.</param>
internal sealed record Scenario(int Rows, int Fields, SourceKind Source, StoreProvider Store, TimeSpan Latency, SyncMode Mode)
{
    /// <summary>The share of customers that change between the second and the third run.</summary>
    public double Changed { get; init; } = 0.01;

    /// <summary>How long Klaviyo's job of a full batch takes.</summary>
    public TimeSpan Job { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The customers at first.</summary>
    [JsonIgnore]
    public CustomerSet Customers => new(Rows, Fields);

    [JsonIgnore]
    public bool NeedsPostgres => Source == SourceKind.PostgreSql || Store == StoreProvider.PostgreSql;

    /// <summary>The runs, each with the customers that it finds and what must come of it.</summary>
    [JsonIgnore]
    public IReadOnlyList<Step> Steps
    {
        get
        {
            var first = new Step("full", Customers, Accepted: Customers.Deliverable, Unchanged: 0, Removed: 0);
            if (Mode == SyncMode.Full)
                return [first];
            var changed = Customers with { Changed = Changed };
            var kept = Customers.Deliverable - changed.ChangedCount;
            // Without fields, a changed customer is one who left and another who came.
            var left = Mode == SyncMode.Mirror && Fields == 0 ? changed.ChangedCount : 0;
            return
            [
                first with
                {
                    Name = "first",
                },
                new("unchanged", Customers, Accepted: 0, Unchanged: Customers.Deliverable, Removed: 0),
                new("changed", changed, changed.ChangedCount, kept, left),
            ];
        }
    }
}
