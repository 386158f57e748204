using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

public static class DataRegistration
{
    /// <summary>The store, its migration at start, and the encryption of what is secret in it.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration, string contentRoot)
    {
        var directory = Path.GetFullPath(configuration["DataDirectory"] is { Length: > 0 } set ? set : "data", contentRoot);
        DataDirectory.Create(directory);
        services.AddSingleton(Options.Create(new StoreOptions { DataDirectory = directory }));
        services.AddStore(DatabaseOptions.Of(configuration), Path.Combine(directory, "klaviyo-export.db"));
        services.AddKeys(configuration, Path.Combine(directory, "keys"), contentRoot);
        services.AddSingleton<SecretProtector>();
        services.AddHostedService<StoreMigration>();
        return services;
    }

    private static void AddStore(this IServiceCollection services, DatabaseOptions database, string file)
    {
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptions.Validator>();
        // Where the configuration is wrong the start ends before this is used.
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
                // Its commands hold one change each anyway.
                services.AddContext<SqliteAppDb>(options => options.UseSqlite($"Data Source={file}").AddInterceptors(new SqlitePragmas()));
                break;
        }
    }

    /// <summary>
    /// No retries by the provider: it would have to repeat whole transactions, which only those who began them can. And not its default
    /// either, which wraps faults that may pass into exceptions nobody looks for.
    /// </summary>
    private static NonRetryingExecutionStrategy Once(ExecutionStrategyDependencies dependencies) => new(dependencies);

    private static void AddContext<TContext>(this IServiceCollection services, Action<DbContextOptionsBuilder> configure)
        where TContext : AppDb
    {
        services.AddDbContextFactory<TContext>(configure);
        services.AddSingleton<IDbContextFactory<AppDb>, AppDbFactory<TContext>>();
        // The identity stores take a context of their own per request.
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
