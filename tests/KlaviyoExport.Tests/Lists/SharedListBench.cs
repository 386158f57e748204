using System.Text.Json;
using KlaviyoExport.Connections;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>
/// Several exports to lists of one Klaviyo account, each over customers of its own, and people who change the lists in Klaviyo. Customers
/// are named by a letter. Klaviyo gives times in whole seconds, so every step moves the common clock of product and sandbox by two.
/// </summary>
internal sealed class SharedListBench : IAsyncDisposable
{
    private static readonly KlaviyoCredential Key = KlaviyoCredential.FromPrivateKey(PracticeStore.FullKey);
    private readonly ShiftedClock _clock;
    private Connection? _connection;

    private SharedListBench(Product product, ShiftedClock clock) => (Product, _clock) = (product, clock);

    public Product Product { get; }

    public SandboxServer Sandbox => Product.Sandbox;

    private KlaviyoClient Klaviyo => Product.Get<KlaviyoClient>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SharedListBench> CreateAsync(Dictionary<string, string?>? settings = null, TimeSpan ahead = default)
    {
        var clock = new ShiftedClock();
        var options = new SandboxOptions
        {
            Url = "http://127.0.0.1:0",
            JobPace = TimeSpan.FromMilliseconds(2),
            RememberedRequests = 5_000,
            Clock = ahead == default ? clock : new Behind(clock, ahead),
        };
        return new SharedListBench(await Product.CreateAsync(clock, settings, options), clock);
    }

    /// <summary>Moves the time on.</summary>
    public void Pass(TimeSpan? time = null) => _clock.Shift += time ?? TimeSpan.FromSeconds(2);

    /// <summary>Adds an export of its own customers to a list.</summary>
    public async Task<int> AddAsync(
        string name,
        SyncMode mode,
        string customers,
        string listId = PracticeStore.WinBack,
        Connection? connection = null
    )
    {
        _connection ??= await Product.AddConnectionAsync();
        return await Product.AddExportAsync(
            name,
            connection ?? _connection,
            await Product.AddCustomersAsync(name, People(customers)),
            listId,
            mode
        );
    }

    /// <summary>Replaces the customers of an export.</summary>
    public Task NowAsync(string name, string customers) => Customer.WriteAsync(FileOf(name), People(customers));

    /// <summary>Replaces the customers of an export, whose name has changed in the source.</summary>
    public Task RenamedAsync(string name, string customers) =>
        Customer.WriteAsync(FileOf(name), People(customers).Select(customer => customer with { Name = "Renamed" }));

    public async Task<Run> RunAsync(int exportId)
    {
        Pass();
        var run = await Product.RunAsync(exportId);
        Pass();
        return run;
    }

    /// <summary>Stops the process after this many answers of Klaviyo. Another process resumes the run.</summary>
    public async Task InterruptAsync(int runId, int answers)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var execution = Task.Run(() => Product.Get<RunExecution>().RunAsync(runId, stop.Token), Cancel);
        var until = Sandbox.State.Requests.Count + answers;
        await Patience.UntilAsync(() => execution.IsCompleted || Sandbox.State.Requests.Count >= until);
        await stop.CancelAsync();
        try
        {
            await execution;
        }
        catch (OperationCanceledException)
        {
            // As at every stop: it resumes at the next start.
        }
    }

    /// <summary>Compares the list of the last run of an export.</summary>
    public async Task<ListCheckFacts> CheckAsync(int runId)
    {
        Pass();
        var checks = Product.Get<ListCheckService>();
        var id = await checks.RequestAsync(Product.Administrator, runId, Cancel);
        await Product.Get<ListCheckExecution>().RunAsync(id, CancellationToken.None, Cancel);
        Pass();
        return (await checks.GetAsync(Product.Administrator, runId, Cancel)).Check!;
    }

    /// <summary>A person confirms that people were taken off on purpose.</summary>
    public async Task<ListCheckFacts> AcceptAsync(int runId)
    {
        Pass();
        var checks = Product.Get<ListCheckService>();
        var id = await checks.AcceptRemovalsAsync(Product.Administrator, runId, Cancel);
        await Product.Get<ListCheckExecution>().RunAsync(id, CancellationToken.None, Cancel);
        Pass();
        return (await checks.GetAsync(Product.Administrator, runId, Cancel)).Check!;
    }

    /// <summary>People join the list in Klaviyo, as by a form or by hand.</summary>
    public async Task JoinAsync(string people, string listId = PracticeStore.WinBack)
    {
        Pass();
        (
            await Klaviyo.ImportAsync(
                Key,
                ImportBody.Assemble(
                    listId,
                    people
                        .Select(person => new ReadOnlyMemory<byte>(JsonSerializer.SerializeToUtf8Bytes(Profile(EmailOf(person)))))
                        .ToList()
                ),
                Cancel
            )
        ).ValueOrThrow();
        Sandbox.State.FinishJobs();
        Pass();
    }

    /// <summary>Somebody takes people off the list in Klaviyo.</summary>
    public async Task TakeOffAsync(string people, string listId = PracticeStore.WinBack)
    {
        Pass();
        var found = (await Klaviyo.FindListMembersAsync(Key, listId, [.. people.Select(EmailOf)], Cancel)).ValueOrThrow();
        (await Klaviyo.RemoveFromListAsync(Key, listId, [.. found.Select(member => member.ProfileId)], Cancel)).ValueOrThrow();
        Pass();
    }

    /// <summary>Changes an export as its form does.</summary>
    public async Task EditAsync(int exportId, Func<ExportDraft, ExportDraft> change)
    {
        var exports = Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, exportId, Cancel)).Draft;
        await exports.SaveAsync(Product.Administrator, change(draft), Cancel);
    }

    /// <summary>Undoes a run.</summary>
    public async Task<Run> UndoAsync(int runId)
    {
        Pass();
        var id = await Product.Get<RunService>().UndoAsync(Product.Administrator, runId, Cancel);
        await Product.Get<RunExecution>().RunAsync(id, Cancel);
        Pass();
        return await Product.FindRunAsync(id);
    }

    /// <summary>Approves a run that waits for approval, and executes it.</summary>
    public async Task<Run> ApproveAsync(int runId)
    {
        await Product.Get<RunService>().ApproveAsync(Product.Administrator, runId, Cancel);
        return await ResumeAsync(runId);
    }

    /// <summary>Executes a run that waits for a retry.</summary>
    public async Task<Run> ResumeAsync(int runId)
    {
        Pass();
        await Product.Get<RunExecution>().RunAsync(runId, Cancel);
        Pass();
        return await Product.FindRunAsync(runId);
    }

    public async Task ChangeAsync(int exportId, Action<Export> change)
    {
        await using var db = await Product.OpenAsync();
        change(await db.Set<Export>().SingleAsync(export => export.Id == exportId, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    /// <summary>The letters of the customers on the list, in order.</summary>
    public string OnList(string listId = PracticeStore.WinBack) =>
        string.Concat(
            Sandbox
                .State.Members(listId)
                .Where(member => member.Email!.EndsWith("@shared.example", StringComparison.Ordinal))
                .Select(member => member.Email![0])
                .Order()
        );

    /// <summary>The address of a customer. Klaviyo refuses those of y and z.</summary>
    public static string EmailOf(char person) => person < 'y' ? $"{person}@shared.example" : $"{person}@async-fail.example";

    public ValueTask DisposeAsync() => Product.DisposeAsync();

    private sealed class Behind(TimeProvider clock, TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() - by;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }

    private static object Profile(string email) => new { type = "profile", attributes = new { email } };

    private string FileOf(string name) => Path.Combine(Product.Directory, name + ".db");

    private static IEnumerable<Customer> People(string letters) =>
        letters.Select(letter => new Customer($"key-{letter}", EmailOf(letter), $"Name {letter}"));
}
