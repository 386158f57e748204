using KlaviyoExport.Data;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KlaviyoExport.Tests.Data;

/// <summary>Checks of each store that need no server.</summary>
public sealed class ProviderTests
{
    public static TheoryData<StoreProvider> All => [.. Enum.GetValues<StoreProvider>()];

    [Theory]
    [MemberData(nameof(All))]
    public void The_migrations_match_the_model(StoreProvider provider)
    {
        using var db = Open(provider);

        Assert.NotEmpty(db.Database.GetMigrations());
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void SQL_Server_allows_one_active_run_per_export_and_many_ended_ones()
    {
        using var db = Open(StoreProvider.SqlServer);

        Assert.Contains(
            "CREATE UNIQUE INDEX [IX_Runs_ActiveExportId] ON [Runs] ([ActiveExportId]) WHERE [ActiveExportId] IS NOT NULL;",
            Script(db),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Names_that_differ_in_case_are_different_on_SQL_Server_too()
    {
        using var db = Open(StoreProvider.SqlServer);

        Assert.DoesNotContain("nvarchar(100) NOT NULL,", Script(db), StringComparison.Ordinal);
        Assert.Contains("[Name] nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL", Script(db), StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_store_times_with_their_offset()
    {
        using var postgreSql = Open(StoreProvider.PostgreSql);
        using var sqlServer = Open(StoreProvider.SqlServer);

        Assert.Contains("\"QueuedAt\" timestamp with time zone NOT NULL", Script(postgreSql), StringComparison.Ordinal);
        Assert.Contains("[QueuedAt] datetimeoffset NOT NULL", Script(sqlServer), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_sort_order_of_the_lists_works_on_each_database(StoreProvider provider)
    {
        using var db = Open(provider);
        foreach (var column in Enum.GetValues<ExportColumn>())
        {
            var query = new ExportQuery
            {
                Search = "Билтен_%",
                State = RunState.FailedPermanent,
                Sort = column,
                Descending = true,
            };
            var sql = ExportListing
                .Sort(ExportListing.Find(db, query), db, query, DateTimeOffset.UnixEpoch)
                .Skip(5)
                .Take(10)
                .ToQueryString();
            Assert.Contains("ORDER BY", sql, StringComparison.Ordinal);
        }
        Assert.Contains(
            "lower(",
            db.Set<Rejection>().Where(row => CaseFolding.Lower(row.ProfileKey).Contains("ши")).ToQueryString(),
            StringComparison.OrdinalIgnoreCase
        );
    }

    private static string Script(AppDb db) => db.GetService<IMigrator>().GenerateScript();

    private static AppDb Open(StoreProvider provider) =>
        provider switch
        {
            StoreProvider.PostgreSql => new DesignTimePostgreSql().CreateDbContext([]),
            StoreProvider.SqlServer => new DesignTimeSqlServer().CreateDbContext([]),
            _ => new DesignTimeSqlite().CreateDbContext([]),
        };
}
