using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Cluster;

/// <summary>
/// Several servers, each a process, with one PostgreSQL store, one data directory and one sandbox with several accounts. The store
/// records every write of every execution of a run.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const int Members = 300;

    private readonly List<AppProcess> _machines = [];

    private Fleet(Product product, string certificate) => (Product, Certificate) = (product, certificate);

    public Product Product { get; }

    private string Certificate { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Adds exports of all customers, each to its own list, distributed over the accounts.</summary>
    public static async Task<(Fleet Fleet, List<int> Exports)> CreateAsync(int accounts, int exports)
    {
        var certificate = ClusterCertificate.Write(Path.GetTempFileName());
        var settings = new Dictionary<string, string?>(ClusterCertificate.Settings(certificate))
        {
            ["Cluster:Enabled"] = "true",
            ["Cluster:CheckinInterval"] = "00:00:01",
            ["Delivery:Approval:AtLeast"] = "1000000",
        };
        var sandbox = new SandboxOptions
        {
            Url = "http://127.0.0.1:0",
            JobPace = TimeSpan.FromMilliseconds(150),
            RowsPerStep = 100,
            RememberedRequests = 50_000,
            Accounts = [.. Enumerable.Range(0, accounts).Select(account => Account(account, exports))],
        };
        var fleet = new Fleet(
            await Product.CreateAsync(settings: settings, sandboxOptions: sandbox, on: StoreProvider.PostgreSql),
            certificate
        );
        await fleet.NoteWritesAsync();
        return (fleet, await fleet.AddExportsAsync(accounts, exports));
    }

    public static string ListOf(int export) => string.Create(CultureInfo.InvariantCulture, $"Lst{export:000}");

    public static string AccountOf(int account) => string.Create(CultureInfo.InvariantCulture, $"Accnt{account}");

    /// <param name="folder">Null: the data directory that all have.</param>
    public async Task<AppProcess> StartAsync(string? folder = null)
    {
        var machine = AppProcess.Start(
            folder ?? Product.DataDirectory,
            [
                .. Product.StoreSettings.Concat(ClusterCertificate.Settings(Certificate)).Select(set => $"{set.Key}={set.Value}"),
                "Cluster:Enabled=true",
                "Cluster:CheckinInterval=00:00:01",
                "Delivery:Approval:AtLeast=1000000",
                $"Klaviyo:BaseUrl={Product.Sandbox.BaseAddress}",
                $"Sources:Roots:0={Product.Directory}",
                "Delivery:PollInterval=00:00:00.100",
                "Klaviyo:Retry:Tries=20",
                "Klaviyo:Retry:FirstDelay=00:00:00.050",
            ]
        );
        _machines.Add(machine);
        await machine.SaysAsync("Klaviyo Export is at", Cancel);
        return machine;
    }

    /// <summary>The period in which each execution wrote, by account, in the order of their beginnings.</summary>
    public async Task<ILookup<string, Execution>> ExecutionsAsync()
    {
        await using var db = await Product.OpenAsync();
        var executions = await db
            .Database.SqlQuery<Execution>(
                $"""
                SELECT r."AccountId", w.run AS "RunId", w.holder AS "Holder", w.node AS "Node", min(w.at) AS "From", max(w.at) AS "To"
                FROM claim_writes w JOIN "Runs" r ON r."Id" = w.run GROUP BY r."AccountId", w.run, w.holder, w.node ORDER BY min(w.at)
                """
            )
            .ToListAsync(Cancel);
        return executions.ToLookup(execution => execution.AccountId);
    }

    public async Task<List<Run>> RunsAsync()
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<Run>().AsNoTracking().OrderBy(run => run.Id).ToListAsync(Cancel);
    }

    /// <summary>Waits until no run is active.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        over.CancelAfter(patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while ((await RunsAsync()).Exists(run => run.FinishedAt is null))
                await look.WaitForNextTickAsync(over.Token);
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            Assert.Fail(
                string.Join(
                    '\n',
                    (await RunsAsync())
                        .Where(run => run.FinishedAt is null)
                        .Select(run => $"Run {run.Id}: {run.State}, {run.Stage}, retry {run.RetryAt}")
                )
                    + "\n"
                    + string.Join("\n\n", _machines.Select(machine => machine.Output))
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines)
            machine.Dispose();
        await Product.DisposeAsync();
        File.Delete(Certificate);
    }

    private static AccountSeed Account(int account, int exports) =>
        new(AccountOf(account), $"Account {account}")
        {
            Keys = [new(KeyOf(account), "Full access", Scopes.All)],
            Lists = [.. Enumerable.Range(0, exports).Select(export => new ListSeed(ListOf(export), ListOf(export)))],
        };

    private static string KeyOf(int account) =>
        string.Create(CultureInfo.InvariantCulture, $"pk_cluster000000000000000000000full{account:00}");

    private async Task<List<int>> AddExportsAsync(int accounts, int exports)
    {
        var customers = await Product.AddCustomersAsync("Customers", Customer.Many(Members));
        var connections = new List<KlaviyoExport.Connections.Connection>();
        for (var account = 0; account < accounts; account++)
            connections.Add(await Product.AddConnectionAsync($"Connection {account}", accountId: AccountOf(account), key: KeyOf(account)));
        var ids = new List<int>();
        for (var export = 0; export < exports; export++)
            ids.Add(await Product.AddExportAsync($"Export {export}", connections[export % accounts], customers, ListOf(export)));
        return ids;
    }

    /// <summary>Every save of an execution updates its claim, and nothing else does (see <see cref="RunClaim"/>).</summary>
    private async Task NoteWritesAsync()
    {
        await using var db = await Product.OpenAsync();
        await db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE claim_writes (run int, holder uuid, node text, at timestamptz);
            CREATE FUNCTION note_write() RETURNS trigger AS 'BEGIN INSERT INTO claim_writes VALUES (NEW."RunId", NEW."Holder", NEW."Node", clock_timestamp()); RETURN NEW; END' LANGUAGE plpgsql;
            CREATE TRIGGER note_write AFTER INSERT OR UPDATE ON "RunClaims" FOR EACH ROW EXECUTE FUNCTION note_write()
            """,
            Cancel
        );
    }

    public sealed record Execution(string AccountId, int RunId, Guid Holder, string Node, DateTime From, DateTime To);
}
