using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Tests.Console;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Cluster;

[Trait(Needs.Trait, Needs.Process)]
public sealed class StartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_that_start_together_on_an_empty_database_migrate_it_once()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        var machines = Enumerable.Range(0, 3).Select(_ => Over(database)).ToList();

        await Task.WhenAll(
            machines.Select(machine => Task.Run(() => ActivatorUtilities.CreateInstance<StoreMigration>(machine).StartingAsync(Cancel)))
        );

        await using var db = await machines[0].GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Cancel);
        Assert.Equal(db.Database.GetMigrations(), await db.Database.GetAppliedMigrationsAsync(Cancel));
        db.Set<AppUser>().Add(new AppUser { UserName = "ana", Role = Role.Administrator });
        await db.SaveChangesAsync(Cancel);
        machines.ForEach(machine => machine.Dispose());
    }

    [Fact]
    public async Task The_migrate_command_migrates_the_store_and_exits()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        var folder = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;

        var run = await ConsoleRun.OfAsync(
            "migrate",
            "--Database:Provider=PostgreSql",
            $"--ConnectionStrings:Default={database.ConnectionString}",
            $"--DataDirectory={folder}"
        );

        Assert.Equal((0, "The store is up to date."), (run.Code, run.Output.Trim()));
        using var machine = Over(database);
        await using var db = await machine.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Cancel);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Cancel));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_unreachable_server_and_impossible_settings_are_reported_clearly()
    {
        var folder = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;

        var away = await ConsoleRun.OfAsync(
            "migrate",
            "--Database:Provider=PostgreSql",
            "--ConnectionStrings:Default=Host=127.0.0.1;Port=1;Username=a;Password=secret",
            $"--DataDirectory={folder}"
        );
        var wrong = await ConsoleRun.OfAsync(
            "migrate",
            "--Database:Provider=Oracle",
            "--Database:MaxBatchSize=0",
            "--Cluster:Enabled=true",
            $"--DataDirectory={folder}"
        );

        Assert.Equal(1, away.Code);
        Assert.Contains("The store cannot be used:", away.Error, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:Default", away.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", away.Output + away.Error, StringComparison.Ordinal);
        Assert.Equal(1, wrong.Code);
        Assert.All(
            [
                "Database:Provider is \"Oracle\"",
                "Database:MaxBatchSize must be",
                "a SQLite store can be used by one server only",
                "DataProtection:Certificate is not set",
            ],
            fault => Assert.Contains(fault, wrong.Error, StringComparison.Ordinal)
        );
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_server_with_another_shared_folder_does_not_start()
    {
        var (fleet, _) = await Fleet.CreateAsync(accounts: 1, exports: 1);
        await using var __ = fleet;
        await fleet.StartAsync();
        var other = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => fleet.StartAsync(other));

        Assert.Contains("is not the folder that the other servers of this store have", refused.Message, StringComparison.Ordinal);
        Directory.Delete(other, recursive: true);
    }

    private static ServiceProvider Over(ServerDatabase database)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["DataDirectory"] = Path.Combine(Path.GetTempPath(), "klaviyo-export-test-start"),
                    ["Database:Provider"] = "PostgreSql",
                    ["ConnectionStrings:Default"] = database.ConnectionString,
                }
            )
            .Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddData(configuration, Path.GetTempPath())
            .BuildServiceProvider();
    }
}
