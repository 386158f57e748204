using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Benchmarks.Processes;
using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>
/// A store that people have set up with the services of the pages: a connection to the sandbox, a source, a segment of all customers, and
/// an export that follows the system refresh. The web process uses the same store.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    private const int WarmUpRows = 5_000;

    private readonly Dictionary<string, string?> _settings;
    private readonly ServiceProvider _services;
    private int _warmUpId;

    private Installation(Dictionary<string, string?> settings, ServiceProvider services) => (_settings, _services) = (settings, services);

    public int ExportId { get; private set; }

    /// <summary>The settings of the web process.</summary>
    public IEnumerable<string> Settings => _settings.Select(set => $"--{set.Key}={set.Value}");

    /// <param name="directory">The folder of the data directory and of source files.</param>
    /// <param name="database">The connection string of the store on PostgreSQL. Null for SQLite.</param>
    public static async Task<Installation> CreateAsync(
        Scenario scenario,
        CustomerSource customers,
        SandboxProcess sandbox,
        string directory,
        string? database,
        CancellationToken cancellationToken
    )
    {
        var settings = new Dictionary<string, string?>
        {
            ["DataDirectory"] = Path.Combine(directory, "data"),
            ["Sources:Roots:0"] = directory,
            ["Klaviyo:BaseUrl"] = sandbox.Address.ToString(),
            ["Klaviyo:MaxProfilesPerExport"] = "1000000",
            ["Delivery:Approval:AtLeast"] = "1000000",
        };
        if (database is not null)
            (settings["Database:Provider"], settings[DatabaseOptions.ConnectionKey]) = (nameof(StoreProvider.PostgreSql), database);
        var services = Product.Create(settings, directory);
        var installation = new Installation(settings, services);
        await Product.MigrateAsync(services, cancellationToken);
        await installation.SetUpAsync(scenario, customers, directory, cancellationToken);
        return installation;
    }

    public Task<AppDb> OpenAsync(CancellationToken cancellationToken) =>
        _services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);

    /// <summary>Queues a run of a small export, which the web process executes first, and plans the refresh.</summary>
    /// <returns>The ID of the run.</returns>
    public async Task<int> PlanAsync(DateTimeOffset refreshAt, CancellationToken cancellationToken)
    {
        await using var db = await OpenAsync(cancellationToken);
        var plan = await db.Set<RefreshPlan>().SingleOrDefaultAsync(cancellationToken) ?? db.Add(new RefreshPlan()).Entity;
        // The pages plan by the minute.
        (plan.IsOn, plan.NextAt) = (true, refreshAt);
        plan.Recurrence = new Recurrence { Times = [TimeOnly.FromDateTime(refreshAt.UtcDateTime.AddHours(-1))] };
        await db.SaveChangesAsync(cancellationToken);
        return await _services.GetRequiredService<RunService>().SendEverythingAsync(Product.Administrator, _warmUpId, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
    }

    private async Task SetUpAsync(Scenario scenario, CustomerSource customers, string directory, CancellationToken cancellationToken)
    {
        await Product.AddAdministratorAsync(_services, cancellationToken);
        var connection = await Product.ConnectAsync(_services, "Practice store", SandboxProcess.Key, cancellationToken);
        ExportId = await AddExportAsync("Customers", connection, customers, scenario, SandboxProcess.List, cancellationToken);
        await _services
            .GetRequiredService<ExportSchedules>()
            .SetAsync(Product.Administrator, [ExportId], new ExportSchedule { IsOn = true }, isOn: true, cancellationToken);

        var folder = Directory.CreateDirectory(Path.Combine(directory, "warm-up")).FullName;
        var few = CustomerSource.Create(SourceKind.Csv, folder, null);
        await few.WriteAsync(new CustomerSet(WarmUpRows, scenario.Fields), cancellationToken);
        _warmUpId = await AddExportAsync("Warm-up", connection, few, scenario, SandboxProcess.WarmUpList, cancellationToken);
    }

    private async Task<int> AddExportAsync(
        string name,
        int connection,
        CustomerSource customers,
        Scenario scenario,
        string list,
        CancellationToken cancellationToken
    )
    {
        var source = await _services
            .GetRequiredService<SourceService>()
            .SaveAsync(Product.Administrator, customers.Draft(name), cancellationToken);
        var segment = await _services
            .GetRequiredService<SegmentService>()
            .SaveAsync(Product.Administrator, new SegmentDraft { Name = $"All: {name}", SourceId = source.Id }, cancellationToken);
        return await _services
            .GetRequiredService<ExportService>()
            .SaveAsync(
                Product.Administrator,
                new ExportDraft
                {
                    Name = name,
                    ConnectionId = connection,
                    ListId = list,
                    SourceId = source.Id,
                    EmailField = CustomerSet.KeyAndEmail[1],
                    SegmentIds = [segment.Id],
                    Fields = scenario.Fields == 0 ? [] : CustomerFields.Mappings,
                    SyncMode = scenario.Mode,
                },
                cancellationToken
            );
    }
}
