using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>The temporary faults of docs/delivery.md, and runs with these faults.</summary>
public static class FaultTable
{
    /// <summary>The fault, the message that a person reads while it lasts, and whether the batch can have arrived.</summary>
    public static TheoryData<string, string, bool> Passing =>
        new()
        {
            { "429", "Klaviyo.OutageTooManyRequests", false },
            { "429 with Retry-After", "Klaviyo.OutageTooManyRequests", false },
            { "500", "Klaviyo.OutageServerFault", true },
            { "502", "Klaviyo.OutageServerFault", true },
            { "503", "Klaviyo.OutageServerFault", true },
            { "504", "Klaviyo.OutageServerFault", true },
            { nameof(FaultKind.ResetBeforeBody), "Klaviyo.OutageConnectionLost", true },
            { nameof(FaultKind.ResetMidBody), "Klaviyo.OutageConnectionLost", true },
            { nameof(FaultKind.LoseAnswer), "Klaviyo.OutageConnectionLost", true },
            { nameof(FaultKind.ResetMidAnswer), "Klaviyo.OutageConnectionLost", true },
            { nameof(FaultKind.Delay), "Klaviyo.OutageTimedOut", true },
            { nameof(FaultKind.Truncate), "Klaviyo.OutageUnreadableAnswer", true },
            { nameof(FaultKind.Empty), "Klaviyo.OutageUnreadableAnswer", true },
            { nameof(FaultKind.NotJson), "Klaviyo.OutageUnreadableAnswer", true },
            { nameof(FaultKind.WrongMediaType), "Klaviyo.OutageUnreadableAnswer", true },
        };

    internal static Dictionary<string, string?> Quick() =>
        new()
        {
            ["Klaviyo:Retry:Tries"] = "2",
            ["Klaviyo:Retry:TryTimeout"] = "00:00:01",
            ["Delivery:RetryAfter:0"] = "00:01:00",
        };

    internal static Task<Workbench> CreateAsync() => Workbench.CreateAsync(Customer.Many(10), settings: Quick());

    internal static Fault FaultOf(string what) =>
        what switch
        {
            "429 with Retry-After" => new(FaultKind.Status) { Status = 429, RetryAfter = 1 },
            nameof(FaultKind.Delay) => new(FaultKind.Delay) { DelayMs = 60_000 },
            _ => int.TryParse(what, out var status) ? new(FaultKind.Status) { Status = status } : new(Enum.Parse<FaultKind>(what)),
        };

    internal static async Task StrikesOnceAsync(Workbench bench, string what, string call)
    {
        bench.Sandbox.Faults.Add(FaultOf(what) with { Call = call, Times = 1 });
        await bench.EndedAsync(await bench.RunAsync(), RunState.Successful, "Delivery.Successful", accepted: 10);
        Assert.Equal(10, bench.OnList().Count);
        bench.Sandbox.Faults.Clear();
    }

    internal static async Task LastsForOneTryAsync(Workbench bench, string what, string words, string call)
    {
        bench.Sandbox.Faults.Add(FaultOf(what) with { Call = call });
        var waiting = await bench.RunAsync();
        await bench.WaitsAsync(waiting, words);
        bench.Sandbox.Faults.Clear();
        await bench.EndedAsync(await bench.GoOnAsync(waiting.Id), RunState.Successful, "Delivery.Successful", accepted: 10);
        Assert.Equal(10, bench.OnList().Count);
    }
}
