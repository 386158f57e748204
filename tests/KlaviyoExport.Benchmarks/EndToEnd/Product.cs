using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>The services of the pages, and what an administrator does with them first.</summary>
internal static class Product
{
    public static Actor Administrator { get; } = new("admin", "Ana", Role.Administrator);

    public static ServiceProvider Create(IReadOnlyDictionary<string, string?> settings, string directory)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddPeopleServices()
            .AddData(configuration, directory)
            .AddProduct(configuration)
            .BuildServiceProvider();
    }

    public static Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        ActivatorUtilities.CreateInstance<StoreMigration>(services).StartingAsync(cancellationToken);

    public static async Task AddAdministratorAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        db.Add(
            new AppUser
            {
                Id = Administrator.Id,
                UserName = Administrator.Id,
                DisplayName = Administrator.Name,
                Role = Administrator.Role,
            }
        );
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <returns>The ID of the connection.</returns>
    public static async Task<int> ConnectAsync(IServiceProvider services, string name, string key, CancellationToken cancellationToken)
    {
        var drafts = services.GetRequiredService<ConnectionDrafts>();
        var draft = await drafts.StartAsync(Administrator, cancellationToken);
        await drafts.SetNameAsync(Administrator, draft, name, cancellationToken);
        await drafts.ShareAsync(Administrator, draft, Sharing.AllContributors, [], cancellationToken);
        await drafts.SetKeyAsync(Administrator, draft, key, cancellationToken);
        await drafts.AgreeAsync(Administrator, draft, agreed: true, cancellationToken);
        await drafts.ConnectAsync(Administrator, draft, cancellationToken);
        await drafts.ConfirmAccountAsync(Administrator, draft, cancellationToken);
        var signIn = new FreshSignIn(Administrator.Id, TimeProvider.System.GetUtcNow());
        await drafts.AddExportUserAsync(Administrator, draft, signIn, cancellationToken);
        return await drafts.SaveAsync(Administrator, draft, cancellationToken);
    }
}
