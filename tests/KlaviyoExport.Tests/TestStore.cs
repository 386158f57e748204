using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests;

/// <summary>A migrated store in a folder of its own, with the services of a test. Deleted with the test.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly StorePlace _place;

    private TestStore(ServiceProvider services, StorePlace place, string directory) =>
        (_services, _place, Directory) = (services, place, directory);

    public string Directory { get; }

    public IServiceProvider Services => _services;

    public static async Task<TestStore> CreateAsync(
        Action<IServiceCollection>? configure = null,
        TimeProvider? clock = null,
        Dictionary<string, string?>? settings = null
    )
    {
        var place = await StorePlace.CreateAsync();
        var directory = System.IO.Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>([.. place.Settings, .. settings ?? []])
                {
                    ["DataDirectory"] = Path.Combine(directory, "data"),
                }
            )
            .Build();
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(clock ?? TimeProvider.System)
            .AddData(configuration, directory);
        configure?.Invoke(services);
        await place.PrepareAsync(Path.Combine(directory, "data"));
        var store = new TestStore(services.BuildServiceProvider(), place, directory);
        await ActivatorUtilities.CreateInstance<StoreMigration>(store.Services).StartingAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<AppDb> OpenAsync() => Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await _place.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
