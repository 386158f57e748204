using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
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

        services.AddDbContextFactory<SqliteAppDb>(options => options
            .UseSqlite($"Data Source={Path.Combine(directory, "klaviyo-export.db")}")
            .AddInterceptors(new SqlitePragmas()));
        services.AddSingleton<IDbContextFactory<AppDb>, AppDbFactory<SqliteAppDb>>();
        // The identity stores take a context of their own per request.
        services.AddScoped<AppDb>(provider => provider.GetRequiredService<SqliteAppDb>());

        services.AddDataProtection()
            .SetApplicationName("KlaviyoExport")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(directory, "keys")));
        services.AddSingleton<SecretProtector>();
        services.AddHostedService<StoreMigration>();
        return services;
    }

    private sealed class AppDbFactory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<AppDb>
        where TContext : AppDb
    {
        public AppDb CreateDbContext() => inner.CreateDbContext();

        public async Task<AppDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
