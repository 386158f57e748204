using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests;

/// <summary>
/// The whole library in a host, as the web application runs it, with a sandbox and a folder that both outlive a restart. Its store is
/// migrated; background services run after <see cref="StartAsync"/>.
/// </summary>
internal sealed class Product : IAsyncDisposable
{
    public static readonly Actor Administrator = new("admin", "Ana", Role.Administrator);
    public static readonly Actor Contributor = new("carla", "Carla", Role.Contributor);
    public static readonly Actor Operator = new("oskar", "Oskar", Role.Operator);
    public static readonly Actor Viewer = new("vera", "Vera", Role.Viewer);

    private readonly Dictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _configure;
    private readonly TimeProvider _clock;
    private readonly bool _hasApp;
    private readonly LogCapture? _logs;
    private readonly StorePlace _place;
    private IHost _host;

    private Product(
        SandboxServer sandbox,
        StorePlace place,
        string directory,
        TimeProvider clock,
        Dictionary<string, string?> settings,
        Action<IServiceCollection>? configure,
        bool hasApp,
        LogCapture? logs
    )
    {
        (Sandbox, _place, Directory, _clock, _settings, _configure, _hasApp, _logs) = (
            sandbox,
            place,
            directory,
            clock,
            settings,
            configure,
            hasApp,
            logs
        );
        _host = Build();
    }

    public SandboxServer Sandbox { get; }

    public string Directory { get; }

    /// <summary>The settings with which another process uses the same store.</summary>
    public IReadOnlyDictionary<string, string?> StoreSettings => _place.Settings;

    public string DataDirectory => Path.Combine(Directory, "data");

    public LogCapture Logs => _logs ?? throw new InvalidOperationException("The test has not asked for logs.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="hasApp">Whether the installation is registered with the sandbox as an app that people can sign in with.</param>
    /// <param name="on">Null: the store the test's class asks for.</param>
    /// <param name="logs">Takes all log lines. Null to log nothing, which is much faster.</param>
    public static async Task<Product> CreateAsync(
        TimeProvider? clock = null,
        Dictionary<string, string?>? settings = null,
        SandboxOptions? sandboxOptions = null,
        Action<IServiceCollection>? configure = null,
        bool hasApp = false,
        StoreProvider? on = null,
        LogCapture? logs = null
    )
    {
        var place = await StorePlace.CreateAsync(on);
        var sandbox = await SandboxServer.StartAsync(
            sandboxOptions
                ?? new SandboxOptions
                {
                    Url = "http://127.0.0.1:0",
                    JobPace = TimeSpan.FromMilliseconds(2),
                    RememberedRequests = 5_000,
                },
            Cancel
        );
        var product = new Product(
            sandbox,
            place,
            System.IO.Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName,
            clock ?? TimeProvider.System,
            settings ?? [],
            configure,
            hasApp,
            logs
        );
        await place.PrepareAsync(product.DataDirectory);
        await ActivatorUtilities.CreateInstance<StoreMigration>(product._host.Services).StartingAsync(Cancel);
        await using var db = await product.OpenAsync();
        db.Set<AppUser>()
            .AddRange(
                new[] { Administrator, Contributor, Operator, Viewer }.Select(actor => new AppUser
                {
                    Id = actor.Id,
                    UserName = actor.Id,
                    DisplayName = actor.Name,
                    Role = actor.Role,
                })
            );
        await db.SaveChangesAsync(Cancel);
        return product;
    }

    public IServiceProvider Services => _host.Services;

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public Task<AppDb> OpenAsync() => Get<IDbContextFactory<AppDb>>().CreateDbContextAsync(Cancel);

    /// <summary>Creates another node with the same folder; the caller disposes it.</summary>
    /// <param name="settings">Settings that differ from those of the product.</param>
    public IHost AnotherNode(Dictionary<string, string?>? settings = null) => Build(settings);

    /// <summary>Starts the background services.</summary>
    public Task StartAsync() => _host.StartAsync(Cancel);

    /// <summary>Stops the host as a service manager would, and creates a new one with the same folder that is not started.</summary>
    public async Task StopAsync()
    {
        await _host.StopAsync(Cancel);
        _host.Dispose();
        _host = Build();
    }

    /// <summary>A customer database with its source and a segment of all customers.</summary>
    public async Task<(Source Source, Segment Segment)> AddCustomersAsync(string name, IEnumerable<Delivery.Customer> customers)
    {
        var file = Path.Combine(Directory, name + ".db");
        await Delivery.Customer.WriteAsync(file, customers);
        await using var db = await OpenAsync();
        var source = new Source
        {
            Name = name,
            Kind = SourceKind.Sqlite,
            Location = file,
            Table = "customers",
            KeyColumns = ["id"],
            CreatedBy = "test",
            LoadedAt = DateTimeOffset.UnixEpoch,
            Fields = [new("id", FieldType.Text, 1, []), new("email", FieldType.Text, 1, []), new("name", FieldType.Text, 1, [])],
        };
        var segment = new Segment
        {
            Name = "All of " + name,
            Source = source,
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
            CreatedBy = "test",
        };
        db.Add(segment);
        await db.SaveChangesAsync(Cancel);
        return (source, segment);
    }

    /// <summary>Adds a person; the people above exist from the start.</summary>
    public async Task<Actor> AddPersonAsync(string id, Role role)
    {
        await using var db = await OpenAsync();
        db.Set<AppUser>()
            .Add(
                new AppUser
                {
                    Id = id,
                    UserName = id,
                    DisplayName = char.ToUpperInvariant(id[0]) + id[1..],
                    Role = role,
                }
            );
        await db.SaveChangesAsync(Cancel);
        return new Actor(id, char.ToUpperInvariant(id[0]) + id[1..], role);
    }

    /// <summary>Changes the role of a person, or removes the person.</summary>
    public async Task ChangeRoleAsync(Actor person, Role? role)
    {
        await using var db = await OpenAsync();
        var users = db.Set<AppUser>().Where(user => user.Id == person.Id);
        await (
            role is { } now
                ? users.ExecuteUpdateAsync(set => set.SetProperty(user => user.Role, now), Cancel)
                : users.ExecuteDeleteAsync(Cancel)
        );
    }

    /// <summary>Adds a connection directly to the store, without calling the sandbox.</summary>
    /// <param name="exportUser">Ana unless told otherwise.</param>
    public async Task<Connection> AddConnectionAsync(
        string name = "Practice",
        Sharing sharing = Sharing.AllContributors,
        string accountId = PracticeStore.Id,
        string key = PracticeStore.FullKey,
        Actor? exportUser = null
    )
    {
        await using var db = await OpenAsync();
        var connection = new Connection
        {
            Name = name,
            AccountId = accountId,
            AccountName = name,
            ApiKey = Get<SecretProtector>().ProtectCredential(key),
            ApiKeyEnding = "",
            ConsentBy = "Ana",
            CreatedBy = "Ana",
            Sharing = sharing,
            ExportUserId = (exportUser ?? Administrator).Id,
            ExportUserName = (exportUser ?? Administrator).Name,
            ExportUserAt = DateTimeOffset.UnixEpoch,
        };
        db.Add(connection);
        await db.SaveChangesAsync(Cancel);
        return connection;
    }

    /// <summary>Adds an export directly to the store.</summary>
    public async Task<int> AddExportAsync(
        string name,
        Connection connection,
        (Source Source, Segment Segment) customers,
        string listId = PracticeStore.Newsletter,
        SyncMode mode = SyncMode.Full
    )
    {
        await using var db = await OpenAsync();
        var segment = await db.Set<Segment>().SingleAsync(segment => segment.Id == customers.Segment.Id, Cancel);
        var export = new Export
        {
            Name = name,
            ConnectionId = connection.Id,
            SourceId = customers.Source.Id,
            ListId = listId,
            ListName = listId,
            EmailField = "email",
            Fields = [new("name", "first_name")],
            SyncMode = mode,
            CreatedBy = Administrator.Name,
            OwnerId = Administrator.Id,
            Segments = [segment],
        };
        db.Add(export);
        await db.SaveChangesAsync(Cancel);
        return export.Id;
    }

    public Task<int> QueueAsync(int exportId) => Get<RunService>().StartAsync(Administrator, exportId, Cancel);

    public async Task<Run> FindRunAsync(int runId)
    {
        await using var db = await OpenAsync();
        return await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == runId, Cancel);
    }

    /// <summary>Queues a run and executes it to the end of its first attempt, without the scheduler.</summary>
    public async Task<Run> RunAsync(int exportId)
    {
        var id = await QueueAsync(exportId);
        await Get<RunExecution>().RunAsync(id, Cancel);
        return await FindRunAsync(id);
    }

    /// <summary>Waits until a run meets a condition.</summary>
    public async Task<Run> WaitForAsync(int runId, Func<Run, bool> moment)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            var run = await FindRunAsync(runId);
            if (moment(run))
                return run;
            await look.WaitForNextTickAsync(patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        await Sandbox.DisposeAsync();
        SqliteConnection.ClearAllPools();
        await _place.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private IHost Build(Dictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(_place.Settings);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["DataDirectory"] = DataDirectory,
                ["Klaviyo:BaseUrl"] = Sandbox.BaseAddress.ToString(),
                ["Klaviyo:Retry:FirstDelay"] = "00:00:00.001",
                ["Klaviyo:Retry:MaxDelay"] = "00:00:00.005",
                ["Klaviyo:Retry:Tries"] = "3",
                ["Delivery:PollInterval"] = "00:00:00.050",
                ["Sources:Roots:0"] = Directory,
            }
        );
        if (_hasApp)
            builder.Configuration.AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Klaviyo:OAuth:ClientId"] = SandboxApp.ClientId,
                    ["Klaviyo:OAuth:ClientSecret"] = SandboxApp.ClientSecret,
                    ["Klaviyo:OAuth:AuthorizeUrl"] = new Uri(Sandbox.BaseAddress, "oauth/authorize").ToString(),
                    ["Klaviyo:OAuth:TokenUrl"] = new Uri(Sandbox.BaseAddress, "oauth/token").ToString(),
                    ["Klaviyo:OAuth:RevokeUrl"] = new Uri(Sandbox.BaseAddress, "oauth/revoke").ToString(),
                }
            );
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        if (_logs is not null)
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs);
        builder
            .Services.AddSingleton(_clock)
            .AddPeopleServices()
            .AddData(builder.Configuration, Directory)
            .AddProduct(builder.Configuration);
        _configure?.Invoke(builder.Services);
        return builder.Build();
    }
}
