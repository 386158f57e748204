using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.Console;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A product with one export of one customer database. Runs are executed to the end of an attempt.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private const string Customers = "Customers";

    private Workbench(Product product, int exportId) => (Product, ExportId) = (product, exportId);

    public Product Product { get; }

    public int ExportId { get; }

    public SandboxServer Sandbox => Product.Sandbox;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An export to the sandbox's Newsletter list over the given customers.</summary>
    public static async Task<Workbench> CreateAsync(
        IEnumerable<Customer> customers,
        SyncMode mode = SyncMode.Full,
        Dictionary<string, string?>? settings = null,
        TimeProvider? clock = null,
        TimeProvider? sandboxClock = null,
        Action<IServiceCollection>? configure = null
    )
    {
        var options = new SandboxOptions
        {
            Url = "http://127.0.0.1:0",
            JobPace = TimeSpan.FromMilliseconds(2),
            RememberedRequests = 5_000,
            Clock = sandboxClock ?? TimeProvider.System,
        };
        var product = await Product.CreateAsync(clock, settings, options, configure);
        return new Workbench(
            product,
            await product.AddExportAsync(
                "Newsletter",
                await product.AddConnectionAsync(),
                await product.AddCustomersAsync(Customers, customers),
                mode: mode
            )
        );
    }

    /// <summary>Replaces the customers in the customer database, as its owner would between two runs.</summary>
    public Task ReplaceCustomersAsync(IEnumerable<Customer> customers) =>
        Customer.WriteAsync(Path.Combine(Product.Directory, Customers + ".db"), customers);

    /// <summary>Queues a run without executing it, as if the process had been killed right after.</summary>
    public Task<int> QueueAsync() => Product.QueueAsync(ExportId);

    /// <summary>Runs the export to the end of this attempt.</summary>
    public Task<Run> RunAsync() => Product.RunAsync(ExportId);

    /// <summary>The application in a process of its own, with the same store and sandbox.</summary>
    public AppProcess StartApp(params string[] settings) => AppProcess.Start(Product.DataDirectory, [.. Settings, .. settings]);

    /// <summary>
    /// Runs a command of the application to its end in this process, with the same store and sandbox. Settings among the arguments replace those.
    /// </summary>
    public Task<ConsoleRun> CommandAsync(params string[] arguments) =>
        ConsoleRun.OfAsync([
            arguments[0],
            $"--DataDirectory={Product.DataDirectory}",
            .. Settings.Select(setting => "--" + setting),
            .. arguments[1..],
        ]);

    private IEnumerable<string> Settings =>
        [
            .. Product.StoreSettings.Select(set => $"{set.Key}={set.Value}"),
            $"Klaviyo:BaseUrl={Sandbox.BaseAddress}",
            $"Sources:Roots:0={Product.Directory}",
            "Delivery:PollInterval=00:00:00.050",
        ];

    public async Task<Run> GoOnAsync(int runId)
    {
        await Product.Get<RunExecution>().RunAsync(runId, Cancel);
        return await FindAsync(runId);
    }

    public Task<Run> FindAsync(int runId) => Product.FindRunAsync(runId);

    /// <summary>Starts a run and returns it before it has ended.</summary>
    public async Task<(int Id, Task<DateTimeOffset?> Execution)> BeginAsync()
    {
        var id = await QueueAsync();
        return (id, Task.Run(() => Product.Get<RunExecution>().RunAsync(id, Cancel), Cancel));
    }

    /// <summary>Executes all remaining attempts of a failed run.</summary>
    public async Task<Run> SpendRetriesAsync(int runId)
    {
        Run run;
        do run = await GoOnAsync(runId);
        while (run.State == RunState.FailedRetrying);
        return run;
    }

    public Task CancelAsync(int runId) => Product.Get<RunService>().CancelAsync(Product.Administrator, runId, Cancel);

    /// <summary>Checks everything about an ended run: state, message, ledger, payloads, batches.</summary>
    public async Task EndedAsync(
        Run run,
        RunState state,
        string outcome,
        long accepted = 0,
        long refused = 0,
        long unconfirmed = 0,
        long unsent = 0
    )
    {
        Assert.Equal((state, outcome), (run.State, run.Outcome?.Code));
        Assert.Equal(
            (accepted, refused, unconfirmed, unsent),
            (run.Ledger.Accepted, run.Ledger.Refused, run.Ledger.Unconfirmed, run.Ledger.Unsent)
        );
        Assert.True(run.Ledger.AddsUp);
        Assert.NotNull(run.FinishedAt);
        await using var db = await Product.OpenAsync();
        Assert.Empty(await db.Set<BatchPayload>().ToListAsync(Cancel));
        Assert.Equal(accepted, await db.Set<Batch>().Where(batch => batch.RunId == run.Id).SumAsync(batch => batch.Accepted, Cancel));
    }

    /// <summary>Checks that a run waits for its next attempt, with everything it needs.</summary>
    public async Task WaitsAsync(Run run, string outcome)
    {
        Assert.Equal((RunState.FailedRetrying, outcome), (run.State, run.Outcome?.Code));
        Assert.NotNull(run.RetryAt);
        await using var db = await Product.OpenAsync();
        Assert.Equal(
            await db.Set<Batch>().CountAsync(batch => batch.RunId == run.Id, Cancel),
            await db.Set<BatchPayload>()
                .CountAsync(payload => db.Set<Batch>().Any(batch => batch.Id == payload.BatchId && batch.RunId == run.Id), Cancel)
        );
    }

    public async Task<bool> AnyBatchAsync(int runId, BatchState state)
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<Batch>().AnyAsync(batch => batch.RunId == runId && batch.State == state, Cancel);
    }

    /// <summary>The codes of the messages on the timeline of a run, in their order.</summary>
    public async Task<List<string>> TimelineAsync(int runId)
    {
        await using var db = await Product.OpenAsync();
        var events = await db.Set<RunEvent>()
            .AsNoTracking()
            .Where(entry => entry.RunId == runId)
            .OrderBy(entry => entry.Id)
            .ToListAsync(Cancel);
        return [.. events.Select(entry => entry.What.Code)];
    }

    public async Task<List<RejectionRow>> RejectionsAsync(int runId) =>
        [
            .. (
                await Product
                    .Get<RejectionService>()
                    .ListAsync(Product.Administrator, runId, new RejectionQuery { PageSize = RejectionQuery.LargestPage }, Cancel)
            ).Rows,
        ];

    /// <summary>The addresses on the list, without those it had at the start.</summary>
    public List<string> OnList(string listId = PracticeStore.Newsletter) =>
        [
            .. Sandbox
                .State.Members(listId)
                .Select(member => member.Email!)
                .Where(email => !email.EndsWith("@practice.example", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    public ValueTask DisposeAsync() => Product.DisposeAsync();
}
