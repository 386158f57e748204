using System.Text;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Lists.Traces;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Lists;

namespace KlaviyoExport.Tests.Dispatch;

/// <summary>Undoes runs on a bench.</summary>
internal static class Undoing
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static RunService Runs(this SharedListBench bench) => bench.Product.Get<RunService>();

    /// <summary>Undoes a run and returns the run that undid it.</summary>
    public static async Task<Run> UndoAsync(this SharedListBench bench, int runId)
    {
        bench.Pass();
        return await bench.ExecuteAsync(await bench.Runs().UndoAsync(Product.Operator, runId, Cancel));
    }

    /// <summary>Executes a queued run, or one that waits for a retry.</summary>
    public static async Task<Run> ExecuteAsync(this SharedListBench bench, int runId)
    {
        await bench.Product.Get<RunExecution>().RunAsync(runId, Cancel);
        bench.Pass();
        return await bench.Product.FindRunAsync(runId);
    }

    /// <summary>Cancels a run that waits for a retry.</summary>
    public static async Task<Run> CancelAsync(this SharedListBench bench, int runId)
    {
        await bench.Runs().CancelAsync(Product.Administrator, runId, Cancel);
        return await bench.ExecuteAsync(runId);
    }

    /// <summary>Whether what is stored about a person says that a run has taken the person off a list.</summary>
    public static async Task<bool> SaysTakenOffAsync(this SharedListBench bench, char person)
    {
        var data = await bench
            .Product.Get<PersonDataService>()
            .DownloadAsync(Product.Administrator, SharedListBench.EmailOf(person), Cancel);
        return Encoding.UTF8.GetString(data).Contains("klaviyoProfileId", StringComparison.Ordinal);
    }
}
