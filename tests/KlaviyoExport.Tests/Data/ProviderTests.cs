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
    public void The_migrations_are_what_the_model_says(StoreProvider provider)
    {
        using var db = Open(provider);

        Assert.NotEmpty(db.Database.GetMigrations());
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void SQL_Server_keeps_one_run_under_way_an_export_and_any_number_of_ended_ones()
    {
        using var db = Open(StoreProvider.SqlServer);

        Assert.Contains(
            "CREATE UNIQUE INDEX [IX_Runs_ActiveExportId] ON [Runs] ([ActiveExportId]) WHERE [ActiveExportId] IS NOT NULL;",
            Script(db),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Names_that_differ_in_capitals_are_two_on_SQL_Server_as_elsewhere()
    {
        using var db = Open(StoreProvider.SqlServer);

        Assert.DoesNotContain("nvarchar(100) NOT NULL,", Script(db), StringComparison.Ordinal);
        Assert.Contains("[Name] nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL", Script(db), StringComparison.Ordinal);
    }

    [Fact]
    public void Moments_are_kept_as_moments_by_servers()
    {
        using var postgreSql = Open(StoreProvider.PostgreSql);
        using var sqlServer = Open(StoreProvider.SqlServer);

        Assert.Contains("\"QueuedAt\" timestamp with time zone NOT NULL", Script(postgreSql), StringComparison.Ordinal);
        Assert.Contains("[QueuedAt] datetimeoffset NOT NULL", Script(sqlServer), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_lists_can_be_asked_of_each_database_however_they_are_sorted(StoreProvider provider)
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
