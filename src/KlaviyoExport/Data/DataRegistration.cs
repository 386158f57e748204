using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>Registers the services of this folder.</summary>
public static class DataRegistration
{
    /// <summary>Creates the data directory, and adds the store, its migration at start and the encryption of its secrets.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration, string contentRoot)
    {
        var options = StoreOptions.Of(configuration, contentRoot);
        var directory = options.DataDirectory;
        // A server makes an existing one private when it starts. Commands leave it as it is.
        if (!Directory.Exists(directory))
            DataDirectory.Create(directory);
        services.AddSingleton(Options.Create(options));
        services.AddStore(DatabaseOptions.Of(configuration), Path.Combine(directory, DataFiles.Store));
        services.AddKeys(configuration, Path.Combine(directory, "keys"), contentRoot);
        services.AddSingleton<SecretProtector>();
        services.AddSecretColumn<InstallationKey>(nameof(InstallationKey.Value), SecretKind.Payload);
        services.AddSingleton<SecretTable>();
        services.AddSingleton<KeyTransfer>();
        services.AddSingletonBuilt<SecretRotation>();
        services.AddSingletonBuilt<StoreBackup>();
        services.AddSingletonBuilt<StoreRestore>();
        services.AddSingletonBuilt<StoreCopy>();
        services.AddHostedService<PrivateDirectory>();
        services.AddHostedService<StoreMigration>();
        services.AddSweep<SecretRotation>(TimeSpan.FromMinutes(1), (rotation, stopping) => rotation.FollowAsync(stopping));
        return services;
    }

    private static void AddStore(this IServiceCollection services, DatabaseOptions database, string file)
    {
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptions.Validator>();
        // When the configuration is invalid, the start fails before the connection string is used.
        var connection = database.ConnectionString ?? "";
        switch (database.ParsedProvider)
        {
            case StoreProvider.PostgreSql:
                services.AddContext<PostgreSqlAppDb>(options =>
                    options.UseNpgsql(
                        connection,
                        postgreSql =>
                        {
                            postgreSql.ExecutionStrategy(Once);
                            if (database.MaxBatchSize is { } size)
                                postgreSql.MaxBatchSize(size);
                        }
                    )
                );
                break;
            case StoreProvider.SqlServer:
                services.AddContext<SqlServerAppDb>(options =>
                    options.UseSqlServer(
                        connection,
                        sqlServer =>
                        {
                            sqlServer.ExecutionStrategy(Once);
                            if (database.MaxBatchSize is { } size)
                                sqlServer.MaxBatchSize(size);
                        }
                    )
                );
                break;
            default:
                // MaxBatchSize has no effect on SQLite: the provider sends one change per command.
                services.AddContext<SqliteAppDb>(options => options.UseSqlite($"Data Source={file}").AddInterceptors(new SqlitePragmas()));
                break;
        }
    }

    /// <summary>
    /// The provider must not retry. A retry would have to repeat the whole transaction, which only the code that began it can do. The
    /// default strategy of the provider is no alternative: it wraps transient faults in exceptions that the product does not catch.
    /// </summary>
    internal static NonRetryingExecutionStrategy Once(ExecutionStrategyDependencies dependencies) => new(dependencies);

    private static void AddContext<TContext>(this IServiceCollection services, Action<DbContextOptionsBuilder> configure)
        where TContext : AppDb
    {
        services.AddDbContextFactory<TContext>(configure);
        services.AddSingleton<IDbContextFactory<AppDb>, AppDbFactory<TContext>>();
        // The stores of ASP.NET Core Identity use one context per request.
        services.AddScoped<AppDb>(provider => provider.GetRequiredService<TContext>());
    }

    private sealed class AppDbFactory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<AppDb>
        where TContext : AppDb
    {
        public AppDb CreateDbContext() => inner.CreateDbContext();

        public async Task<AppDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
