using System.Globalization;
using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Benchmarks.EndToEnd;
using KlaviyoExport.Benchmarks.Processes;
using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Benchmarks.Growth;

/// <summary>
/// The command <c>growth</c>: many exports that are all started at once, to one or many accounts, executed by several servers on one
/// PostgreSQL store. Everything shares one machine, so the processor is the limit where Klaviyo's accounts are not.
/// </summary>
internal static class GrowthBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan Job = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var options = new CommandOptions(arguments, "exports", "accounts", "servers", "rows", "latency");
        var table = new Table(
            "exports",
            "accounts",
            "servers",
            "rows",
            "first run, s",
            "all runs, s",
            "runs a minute",
            "median wait, s",
            "CPU, s"
        );
        var latency = options.Seconds("latency", 0.8)[0];
        foreach (var servers in options.Numbers("servers", 3))
        foreach (var accounts in options.Numbers("accounts", 1, 10, 50))
        foreach (var exports in options.Numbers("exports", 10, 100, 1_000))
        {
            if (exports < accounts)
                continue;
            await MeasureAsync(table, exports, accounts, servers, options.Numbers("rows", 1_000)[0], latency);
            Console.WriteLine(table.LastRow);
        }
        Console.WriteLine(table);
    }

    private static async Task MeasureAsync(Table table, int exports, int accounts, int servers, int rows, TimeSpan latency)
    {
        using var patience = new CancellationTokenSource(Patience);
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
        try
        {
            await using var database = await Postgres.CreateAsync(patience.Token);
            await using var sandbox = await SandboxProcess.StartAsync(
                Job,
                patience.Token,
                [.. Enumerable.Range(0, accounts).SelectMany(Seed)]
            );
            var settings = new Dictionary<string, string?>
            {
                ["DataDirectory"] = Path.Combine(directory, "data"),
                ["Sources:Roots:0"] = directory,
                ["Klaviyo:BaseUrl"] = sandbox.Address.ToString(),
                ["Delivery:Approval:AtLeast"] = "1000000",
                ["Database:Provider"] = nameof(StoreProvider.PostgreSql),
                [DatabaseOptions.ConnectionKey] = database.ConnectionString,
                ["Cluster:Enabled"] = "true",
                ["DataProtection:Certificate"] = Certificate.Write(directory),
                ["DataProtection:CertificatePassword"] = Certificate.Password,
            };
            await using var services = Product.Create(settings, directory);
            await Product.MigrateAsync(services, patience.Token);
            var ids = await AddExportsAsync(services, exports, accounts, rows, directory, patience.Token);
            await services.GetRequiredService<RunService>().StartManyAsync(Product.Administrator, ids, patience.Token);
            await sandbox.SetLatencyAsync(latency, patience.Token);

            var nodes = new List<ChildProcess>();
            try
            {
                for (var i = 0; i < servers; i++)
                    nodes.Add(Start(settings));
                foreach (var node in nodes)
                    await node.SaysAsync("Klaviyo Export is at", patience.Token);
                await EndAsync(services, exports, patience.Token);
                Add(
                    table,
                    await RunsAsync(services, patience.Token),
                    accounts,
                    servers,
                    rows,
                    nodes.Sum(node => ProcessUsage.Of(node.Id).Cpu.TotalSeconds)
                );
            }
            finally
            {
                foreach (var node in nodes)
                    await node.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static ChildProcess Start(Dictionary<string, string?> settings) =>
        ChildProcess.Start(
            "dotnet",
            [Builds.Web, "--urls=http://127.0.0.1:0", .. settings.Select(set => $"--{set.Key}={set.Value}")],
            Path.GetDirectoryName(Builds.Web),
            new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Production" }
        );

    private static void Add(Table table, List<Run> runs, int accounts, int servers, int rows, double cpu)
    {
        var first = runs.Min(run => run.StartedAt!.Value);
        var all = runs.Max(run => run.FinishedAt!.Value) - first;
        List<TimeSpan> waits = [.. runs.Select(run => run.StartedAt!.Value - first).Order()];
        table.Add(
            runs.Count,
            accounts,
            servers,
            rows,
            runs.Min(run => run.FinishedAt!.Value) - first,
            all,
            (long)(runs.Count / all.TotalMinutes),
            waits[waits.Count / 2],
            TimeSpan.FromSeconds(cpu)
        );
    }

    private static async Task<List<int>> AddExportsAsync(
        IServiceProvider services,
        int exports,
        int accounts,
        int rows,
        string directory,
        CancellationToken cancellationToken
    )
    {
        await Product.AddAdministratorAsync(services, cancellationToken);
        var customers = CustomerSource.Create(SourceKind.Csv, directory, null);
        await customers.WriteAsync(new CustomerSet(rows, 0), cancellationToken);
        var source = await services
            .GetRequiredService<SourceService>()
            .SaveAsync(Product.Administrator, customers.Draft("Customers"), cancellationToken);
        var segment = await services
            .GetRequiredService<SegmentService>()
            .SaveAsync(Product.Administrator, new SegmentDraft { Name = "All", SourceId = source.Id }, cancellationToken);
        var connections = new List<int>();
        for (var i = 0; i < accounts; i++)
            connections.Add(await Product.ConnectAsync(services, $"Store {i}", KeyOf(i), cancellationToken));
        var ids = new List<int>();
        for (var i = 0; i < exports; i++)
            ids.Add(
                await services
                    .GetRequiredService<ExportService>()
                    .SaveAsync(
                        Product.Administrator,
                        new ExportDraft
                        {
                            Name = $"Export {i}",
                            ConnectionId = connections[i % accounts],
                            ListId = ListOf(i / accounts % Lists),
                            SourceId = source.Id,
                            EmailField = CustomerSet.KeyAndEmail[1],
                            SegmentIds = [segment.Id],
                            SyncMode = SyncMode.Full,
                        },
                        cancellationToken
                    )
            );
        return ids;
    }

    private const int Lists = 20;

    /// <summary>The options of the sandbox for an account with its key and lists.</summary>
    private static IEnumerable<string> Seed(int account)
    {
        // The sandbox has two accounts of its own.
        var at = string.Create(CultureInfo.InvariantCulture, $"--Accounts:{account + 2}");
        yield return $"{at}:Id={string.Create(CultureInfo.InvariantCulture, $"Acnt{account:00}")}";
        yield return $"{at}:OrganizationName=Store {account}";
        yield return $"{at}:Keys:0:Key={KeyOf(account)}";
        yield return $"{at}:Keys:0:Name=Full access";
        foreach (var (i, scope) in Scopes.Index())
            yield return $"{at}:Keys:0:Scopes:{i}={scope}";
        for (var list = 0; list < Lists; list++)
        {
            yield return $"{at}:Lists:{list}:Id={ListOf(list)}";
            yield return $"{at}:Lists:{list}:Name=List {list}";
        }
    }

    private static readonly string[] Scopes =
    [
        "accounts:read",
        "lists:read",
        "lists:write",
        "profiles:read",
        "profiles:write",
        "subscriptions:read",
        "subscriptions:write",
        "segments:read",
    ];

    private static string KeyOf(int account) =>
        string.Create(CultureInfo.InvariantCulture, $"pk_growth{account:0000000000000000000000000000}");

    private static string ListOf(int list) => string.Create(CultureInfo.InvariantCulture, $"Grow{list:00}");

    private static async Task EndAsync(IServiceProvider services, int exports, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await look.WaitForNextTickAsync(cancellationToken))
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
            if (await db.Set<Run>().CountAsync(run => run.FinishedAt != null, cancellationToken) == exports)
                return;
        }
    }

    private static async Task<List<Run>> RunsAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        var runs = await db.Set<Run>().AsNoTracking().ToListAsync(cancellationToken);
        return runs.Find(run => run.State != RunState.Successful) is { } bad
            ? throw new BenchmarkFailedException($"Run {bad.Id} is {bad.State}.")
            : runs;
    }
}
